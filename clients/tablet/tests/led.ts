// A real district on loopback, led from here: tests/clients/led.py says what may be asked of it.

import { spawn, type ChildProcessByStdio } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface, type Interface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('../../../', import.meta.url))

export class Led {
  private readonly waiting: ((line: string) => void)[] = []
  url = ''
  /** The same door behind a road that can be spoiled. */
  road = ''

  private constructor(
    readonly folder: string,
    private readonly process: ChildProcessByStdio<Writable, Readable, null>,
    private readonly lines: Interface,
  ) {
    lines.on('line', (line) => this.waiting.shift()?.(line))
    process.on('exit', () => this.waiting.splice(0).forEach((told) => told('null')))
  }

  static async start(file?: string): Promise<Led> {
    const folder = mkdtempSync(join(tmpdir(), 'lianxin-led-'))
    const own = join(ROOT, '.venv/bin/python')
    const python = process.env.PYTHON ?? (existsSync(own) ? own : 'python3')
    const words = ['-m', 'tests.clients.led', folder, ...(file === undefined ? [] : [join(ROOT, file)])]
    const child = spawn(python, words, { cwd: ROOT, stdio: ['pipe', 'pipe', 'inherit'] })
    const led = new Led(folder, child, createInterface({ input: child.stdout }))
    Object.assign(led, await led.answer<{ url: string; road: string } | null>())
    if (led.url === '') throw new Error('the district did not start')
    return led
  }

  private async answer<T>(): Promise<T> {
    return JSON.parse(await new Promise<string>((told) => this.waiting.push(told))) as T
  }

  ask<T = null>(what: string, more: object = {}): Promise<T> {
    const answer = this.answer<T>()
    this.process.stdin.write(`${JSON.stringify({ do: what, ...more })}\n`)
    return answer
  }

  code(...grids: string[]): Promise<string> {
    return this.ask('code', { grids })
  }

  /** A token of the whole district, of a program or an office. */
  token(role: 'reader' | 'admin'): Promise<string> {
    return this.ask('token', { role })
  }

  /** The address of a member's own page, with its one-time code. */
  page(number: string): Promise<string> {
    return this.ask('page', { number })
  }

  /** The night, at once: no clock is moved for it. */
  settle(): Promise<null> {
    return this.ask('settle')
  }

  spoil(operation: string, fault: string, number = 1): Promise<null> {
    return this.ask('spoil', { operation, fault, number })
  }

  /** Ids of things of the small district: `['member', '001']`. */
  ids(...names: [kind: string, code: string][]): Promise<string[]> {
    return this.ask('ids', { names })
  }

  log(): Promise<[id: string, device: string, seq: number][]> {
    return this.ask('log')
  }

  async close(): Promise<void> {
    const ended = new Promise((done) => this.process.once('exit', done))
    this.process.stdin.end()
    await ended
    this.lines.close()
    rmSync(this.folder, { recursive: true, force: true })
  }
}
