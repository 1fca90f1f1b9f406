// Photos and spoken notes that were made here: kept before they are sent, sent after the changes, one by one.
// One that the hub does not take blocks nothing. What is sent and over is let go.

import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex } from '@noble/hashes/utils.js'

import { Unreachable } from '../protocol/failures'
import { FINAL, type Piece, type Told } from '../protocol/attachments'
import type { Attached } from '../store/database'
import type { Store } from '../store/store'

const PIECE_BYTES = 256_000
const OVER: ReadonlySet<string> = new Set(['CLOSED', 'CANCELLED'])

/** A file as a form gives it; a photo's thumbnail is a `data:` address. */
export interface Made {
  type: string
  data: Uint8Array
  thumbnail: string | null
}

export class Attachments {
  constructor(private readonly store: Store) {}

  private get table() {
    return this.store.database.attachments
  }

  /** Keep a file, durably; with `draft` until its ticket is recorded it is not sent. The same file twice is one. */
  add(ticket: string, made: Made, at: string, draft = false): Promise<Attached> {
    const digest = bytesToHex(sha256(made.data))
    const kept: Attached = {
      ticket,
      sha256: digest,
      ...made,
      at,
      state: draft ? 'DRAFT' : 'WAITS',
      code: null,
      epoch: 0,
    }
    return this.store.step('attach', async () => {
      const there = await this.table.get([ticket, digest])
      if (there === undefined) await this.table.add(kept)
      return there ?? kept
    })
  }

  /** The files of a ticket, in the order they were made. */
  async of(ticket: string): Promise<Attached[]> {
    return (await this.table.where('ticket').equals(ticket).toArray()).sort((one, other) =>
      one.at < other.at ? -1 : 1,
    )
  }

  /** The ticket of a draft is recorded: its files may go. */
  release(ticket: string): Promise<void> {
    return this.store.step('attach', async () => {
      await this.table
        .where('ticket')
        .equals(ticket)
        .modify((one) => {
          if (one.state === 'DRAFT') one.state = 'WAITS'
        })
    })
  }

  remove(ticket: string, digest: string): Promise<void> {
    return this.store.step('attach', () => this.table.delete([ticket, digest]))
  }

  /** How many wait to be sent. */
  waiting(): Promise<number> {
    return this.table.where('state').equals('WAITS').count()
  }

  /** What waits, for a stick: the oldest first, as long as there is room. */
  async carried(room: number): Promise<Attached[]> {
    const waiting = await this.table.where('state').equals('WAITS').sortBy('at')
    return waiting.filter((one) => (room -= one.data.length * 1.4) > 0)
  }

  /** What the hub said of one. */
  told(key: [ticket: string, sha256: string], code: string | null, epoch: number): Promise<void> {
    return this.store.step('attached', async () => {
      await this.table.update(key, { state: code === null ? 'SENT' : 'REFUSED', code, epoch })
    })
  }

  /** Send what waits, and again what an epoch may have lost. Stops at the first that does not get through. */
  async send(put: (piece: Piece) => Promise<Told>, epoch: number): Promise<number> {
    await this.tidy(epoch)
    let sent = 0
    const keys = await this.table.where('state').equals('WAITS').primaryKeys()
    for (const key of keys) {
      const kept = await this.table.get(key)
      if (kept === undefined) continue
      const code = await this.carry(kept, put)
      sent += Number(code === null)
      await this.told(key, code, epoch)
    }
    return sent
  }

  /** One file, from where the hub has it on; the code where it is not taken. */
  private async carry(kept: Attached, put: (piece: Piece) => Promise<Told>): Promise<string | null> {
    const { ticket, sha256: digest, type, data } = kept
    const about = { ticket, sha256: digest, type, total: data.length }
    let told = await put({ ...about, start: 0, data: new Uint8Array() })
    for (let rounds = 0; told.code !== null || told.received < data.length; rounds++) {
      if (told.code !== null && FINAL.has(told.code)) return told.code
      if (rounds > 2 * Math.ceil(data.length / PIECE_BYTES) + 2)
        throw new Unreachable('a file that does not get on')
      if (told.code !== null && !told.code.startsWith('ATTACHMENT_')) throw new Unreachable(told.code)
      const start = told.received
      told = await put({ ...about, start, data: data.slice(start, start + PIECE_BYTES) })
    }
    return null
  }

  /** Let go of what is told of and over, or out of scope; a new epoch may have lost what an older one had. */
  private tidy(epoch: number): Promise<void> {
    const { changes, documents } = this.store.database
    return this.store.step('attached', async () => {
      const unheard = new Set((await changes.where('waits').equals(1).toArray()).map((one) => one.entity))
      // Killed between the ticket and its files: the ticket is recorded, so they may go.
      for (const kept of await this.table.where('state').equals('DRAFT').toArray())
        if (unheard.has(kept.ticket)) await this.table.update([kept.ticket, kept.sha256], { state: 'WAITS' })
      for (const kept of await this.table.where('state').anyOf('SENT', 'REFUSED').toArray()) {
        const ticket = await documents.get(['ticket', kept.ticket])
        const over = ticket === undefined ? !unheard.has(kept.ticket) : OVER.has(ticket.body.state)
        if (over) await this.table.delete([kept.ticket, kept.sha256])
        else if (kept.state === 'SENT' && kept.epoch < epoch)
          await this.table.update([kept.ticket, kept.sha256], { state: 'WAITS' })
      }
    })
  }
}
