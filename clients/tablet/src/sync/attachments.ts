// Photos and spoken notes that were made here: kept before they are sent, sent after the changes, one by one.
// One that the hub does not take, or that does not get through, blocks nothing: the others go, and it goes last
// the next time. What is sent and over is let go.

import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex } from '@noble/hashes/utils.js'

import { Unanswered, Unreachable } from '../protocol/failures'
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
      if (there !== undefined) return there
      // Somebody who goes on speaking may be overtaken by the ticket itself.
      const state = kept.state === 'DRAFT' && (await this.isRecorded(ticket)) ? 'WAITS' : kept.state
      await this.table.add({ ...kept, state })
      return { ...kept, state }
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

  private async isRecorded(ticket: string): Promise<boolean> {
    const { changes, documents } = this.store.database
    const waiting = changes.where('waits').equals(1)
    if ((await waiting.filter((one) => one.entity === ticket).count()) > 0) return true
    return (await documents.get(['ticket', ticket])) !== undefined
  }

  /** What a ticket that did not come to stand had goes along with the one that mends it. */
  async copy(from: string, draft: string): Promise<void> {
    for (const one of await this.of(from))
      await this.table.put({
        ...{ ...one, ticket: draft, state: 'DRAFT', code: null, epoch: 0 },
        ...{ tries: undefined, failed: undefined },
      })
  }

  /** A draft is thrown away with its files. */
  forgetDraft(ticket: string): Promise<void> {
    return this.store.step('attach', async () => {
      if (await this.isRecorded(ticket)) return
      await this.table
        .where('ticket')
        .equals(ticket)
        .filter((one) => one.state === 'DRAFT')
        .delete()
    })
  }

  /** One that was removed by mistake, as it was. */
  restore(one: Attached): Promise<void> {
    return this.store.step('attach', async () => {
      await this.table.put(one)
    })
  }

  remove(ticket: string, digest: string): Promise<void> {
    return this.store.step('attach', () => this.table.delete([ticket, digest]))
  }

  /** How many wait to be sent. */
  waiting(): Promise<number> {
    return this.table.where('state').equals('WAITS').count()
  }

  /** How many of them were tried, and did not get through. */
  failing(): Promise<number> {
    return this.table
      .where('state')
      .equals('WAITS')
      .filter((one) => one.failed !== undefined)
      .count()
  }

  /** How many the hub does not take. */
  refused(): Promise<number> {
    return this.table.where('state').equals('REFUSED').count()
  }

  /** What waits, for a stick: the oldest first, as long as there is room. */
  async carried(room: number): Promise<Attached[]> {
    const waiting = await this.table.where('state').equals('WAITS').sortBy('at')
    return waiting.filter((one) => (room -= one.data.length * 1.4) > 0)
  }

  /** What the hub said of one. */
  told(key: [ticket: string, sha256: string], code: string | null, epoch: number): Promise<void> {
    return this.store.step('attached', async () => {
      await this.table.update(key, {
        ...{ state: code === null ? 'SENT' : 'REFUSED', code, epoch },
        ...{ tries: undefined, failed: undefined },
      })
    })
  }

  /** Send what waits, and again what an epoch may have lost. A network that is gone ends it; `Unreachable`. */
  async send(put: (piece: Piece) => Promise<Told>, epoch: number): Promise<number> {
    await this.tidy(epoch)
    let sent = 0
    for (const key of await this.turns()) {
      const kept = await this.table.get(key)
      if (kept === undefined) continue
      try {
        const code = await this.carry(kept, put)
        sent += Number(code === null)
        await this.told(key, code, epoch)
      } catch (failure) {
        if (!(failure instanceof Unreachable)) throw failure
        const answered = failure instanceof Unanswered
        await this.again(kept, answered ? 'ANSWER' : 'NETWORK')
        if (!answered) throw failure
      }
    }
    return sent
  }

  /** The keys of what waits: what did not get through comes after what did not try as often. */
  private async turns(): Promise<[ticket: string, sha256: string][]> {
    const waiting: { key: [string, string]; tries: number; at: string }[] = []
    // One after another: all files at once need not fit into the memory.
    await this.table
      .where('state')
      .equals('WAITS')
      .each(({ ticket, sha256: digest, tries = 0, at }) => waiting.push({ key: [ticket, digest], tries, at }))
    waiting.sort((one, other) => one.tries - other.tries || (one.at < other.at ? -1 : 1))
    return waiting.map((one) => one.key)
  }

  private again(
    { ticket, sha256: digest, tries = 0 }: Attached,
    failed: 'ANSWER' | 'NETWORK',
  ): Promise<void> {
    return this.store.step('attached', async () => {
      await this.table.update([ticket, digest], { tries: tries + 1, failed })
    })
  }

  /** One file, from where the hub has it on; the code where it is not taken. */
  private async carry(kept: Attached, put: (piece: Piece) => Promise<Told>): Promise<string | null> {
    const { ticket, sha256: digest, type, data } = kept
    const about = { ticket, sha256: digest, type, total: data.length }
    let told = await put({ ...about, start: 0, data: new Uint8Array() })
    for (let rounds = 0; told.code !== null || told.received < data.length; rounds++) {
      if (told.code !== null && FINAL.has(told.code)) return told.code
      if (rounds > 2 * Math.ceil(data.length / PIECE_BYTES) + 2)
        throw new Unanswered('a file that does not get on')
      if (told.code !== null && !told.code.startsWith('ATTACHMENT_')) throw new Unanswered(told.code)
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
      const refused = await changes.filter((one) => one.mend !== undefined).toArray()
      const mendable = new Set(refused.map((one) => one.entity))
      // Killed between the ticket and its files: the ticket is recorded, so they may go.
      for (const kept of await this.table.where('state').equals('DRAFT').toArray())
        if (unheard.has(kept.ticket)) await this.table.update([kept.ticket, kept.sha256], { state: 'WAITS' })
      for (const kept of await this.table.where('state').anyOf('SENT', 'REFUSED').toArray()) {
        const ticket = await documents.get(['ticket', kept.ticket])
        const gone = ticket === undefined && !unheard.has(kept.ticket) && !mendable.has(kept.ticket)
        const over = gone || (ticket !== undefined && OVER.has(ticket.body.state))
        if (over) await this.table.delete([kept.ticket, kept.sha256])
        else if (kept.state === 'SENT' && kept.epoch < epoch)
          await this.table.update([kept.ticket, kept.sha256], { state: 'WAITS' })
      }
    })
  }
}
