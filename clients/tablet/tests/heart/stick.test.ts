// The same by a USB stick: written here, imported by the hub twice, its answer carried back.

import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'

import { mac } from '../../src/sync/stick'
import { BadFile } from '../../src/protocol/failures'
import { Led } from '../led'
import { carry } from './kit'

let led: Led
let grid: string

beforeAll(async () => {
  led = await Led.start()
  grid = (await led.ids(['grid', 'LY-1']))[0]!
})

afterAll(() => led.close())

const ticket = () => ({ grid, category: 'parking', title: '门口停车难' })

test('the seal is the one of the protocol page', () => {
  const page = readFileSync(new URL('../../../../sync/README.md', import.meta.url), 'utf8')
  const line = /```text line stick\n(.*\n)```/.exec(page)![1]!
  const sealed = /```json stick\n[^`]*"mac": "([0-9a-f]{64})"/.exec(page)![1]
  expect(mac('a token', new TextEncoder().encode(line))).toBe(sealed)
})

test('a day goes to town on a stick, counts once though imported twice, and its news comes back', async () => {
  const carried = await carry(led)
  const made = await carried.tablet.record('ticket.open', ticket())
  const { file, changes } = await carried.tablet.export()
  expect(changes).toBe(1)
  const path = join(led.folder, 'day.lianxin')
  writeFileSync(path, Buffer.from(await file.arrayBuffer()))
  const first = await led.ask<{ taken: number }>('carry_in', { file: path })
  await led.settle()
  const second = await led.ask<{ taken: number; answer: string }>('carry_in', { file: path })
  expect([first.taken, second.taken]).toEqual([1, 0])
  const report = await carried.tablet.importAnswer(new Blob([new Uint8Array(readFileSync(second.answer))]))
  expect(report.state).toBe('SYNCED')
  expect((await carried.verdict(made.id)).outcome).toBe('APPLIED')
  expect(await carried.tablet.sync()).toMatchObject({ state: 'SYNCED', sent: 0 })
})

test('openings of contacts go with a stick as well, and once however often it is read', async () => {
  const { tablet, store } = await carry(led)
  const made = await tablet.record('ticket.open', ticket(), { private: { contact: { name: '陈' } } })
  await tablet.openContact(made.entity)
  const { file } = await tablet.export()
  const path = join(led.folder, 'openings.lianxin')
  writeFileSync(path, Buffer.from(await file.arrayBuffer()))
  for (const _ of [1, 2]) await led.ask('carry_in', { file: path })
  const told = await led.ask<[string, string | null][]>('readings')
  expect(told.filter(([about]) => about === made.entity)).toEqual([[made.entity, null]])
  expect(await store.get('openings'), 'kept until the hub itself has answered').toHaveLength(1)
})

test("another tablet's file, a broken one and one that is none are refused, and change nothing", async () => {
  const [carried, other] = [await carry(led), await carry(led)]
  await other.tablet.record('ticket.open', ticket())
  const path = join(led.folder, 'other.lianxin')
  const { file } = await other.tablet.export()
  writeFileSync(path, Buffer.from(await file.arrayBuffer()))
  const { answer } = await led.ask<{ answer: string }>('carry_in', { file: path })
  const bytes = new Uint8Array(readFileSync(answer))
  const before = await carried.store.database.meta.toArray()
  const bad = [new Blob([bytes]), new Blob([bytes.slice(0, -20)]), new Blob(['nothing']), file]
  for (const one of bad) await expect(carried.tablet.importAnswer(one)).rejects.toBeInstanceOf(BadFile)
  expect(await carried.store.database.meta.toArray()).toEqual(before)
})
