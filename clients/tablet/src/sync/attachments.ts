// Photos and spoken notes that were made here: kept before they are sent, sent after the changes, one by one.
// One that the hub does not take, or that does not get through, blocks nothing: the others go, and it goes last
// the next time. What is sent and over is let go.

import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex } from '@noble/hashes/utils.js'
import Dexie from 'dexie'

import { NotKept, Unanswered, Unreachable } from '../protocol/failures'
import { FINAL, type Piece, type Told } from '../protocol/attachments'
import type { Attached } from '../store/database'
import type { Store } from '../store/store'
import { Pace } from './pace'

const PIECE_BYTES = 256_000
const SMALLEST_PIECE_BYTES = 16_000
/** So often a file may not get on, or begin again, in one meeting. */
const STALLS = 3
/** The hub had it, and has let go of it for good. */
const ERASED = 'ATTACHMENT_ERASED'
const OVER: ReadonlySet<string> = new Set(['CLOSED', 'CANCELLED'])

/** A file as a form gives it; a photo's thumbnail is a `data:` address. */
export interface Made {
  type: string
  data: Uint8Array
  thumbnail: string | null
}

/** One with its bytes. */
export type Whole = Attached & { data: Uint8Array }

type Key = [ticket: string, sha256: string]

export class Attachments {
  private readonly pace: Pace

  constructor(private readonly store: Store) {
    this.pace = new Pace(store, 'pieceBytes', PIECE_BYTES, SMALLEST_PIECE_BYTES)
  }

  private get table() {
    return this.store.database.attachments
  }

  private get contents() {
    return this.store.database.contents
  }

  /** Keep a file, durably; with `draft` until its ticket is recorded it is not sent. The same file twice is one. */
  add(ticket: string, made: Made, at: string, draft = false): Promise<Attached> {
    const { type, data, thumbnail } = made
    const digest = bytesToHex(sha256(data))
    const kept: Attached = {
      ...{ ticket, sha256: digest, type, thumbnail, at },
      ...{ state: draft ? 'DRAFT' : 'WAITS', code: null, epoch: 0 },
    }
    return this.store.step('attach', async () => {
      const there = await this.table.get([ticket, digest])
      if (there !== undefined) return there
      // Somebody who goes on speaking may be overtaken by the ticket itself.
      const state = kept.state === 'DRAFT' && (await this.isRecorded(ticket)) ? 'WAITS' : kept.state
      await this.table.add({ ...kept, state })
      await this.contents.put({ ticket, sha256: digest, data })
      return { ...kept, state }
    })
  }

  /** The files of a ticket, in the order they were made. */
  async of(ticket: string): Promise<Attached[]> {
    return (await this.table.where('ticket').equals(ticket).toArray()).sort((one, other) =>
      one.at < other.at ? -1 : 1,
    )
  }

  /** The bytes of one; nothing where it was let go meanwhile. */
  async content({ ticket, sha256: digest }: { ticket: string; sha256: string }): Promise<Uint8Array | null> {
    const apart = await this.contents.get([ticket, digest])
    return apart?.data ?? (await this.table.get([ticket, digest]))?.data ?? null
  }

  private async whole(one: Attached): Promise<Whole | null> {
    const data = await this.content(one)
    return data === null ? null : { ...one, data }
  }

  /** What an older app kept in one with its bytes, apart: one by one, as far as there is room. */
  async move(): Promise<void> {
    const apart = new Set((await this.contents.toCollection().primaryKeys()).map((key) => key.join()))
    const there = await this.table.toCollection().primaryKeys()
    try {
      for (const key of there.filter((one) => !apart.has(one.join())))
        await this.store.step('moved', async () => {
          const { data, ...rest } = (await this.table.get(key)) ?? {}
          if (data === undefined) return
          await this.contents.put({ ticket: key[0], sha256: key[1], data })
          await this.table.put(rest as Attached)
        })
    } catch (failure) {
      if (!(failure instanceof NotKept)) throw failure
    }
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
    for (const one of await this.of(from)) {
      const whole = await this.whole(one)
      if (whole === null) continue
      await this.put({
        ...{ ...whole, ticket: draft, state: 'DRAFT', code: null, epoch: 0 },
        ...{ tries: undefined, failed: undefined },
      })
    }
  }

  private async put({ data, ...one }: Whole): Promise<void> {
    await this.table.put(one)
    await this.contents.put({ ticket: one.ticket, sha256: one.sha256, data })
  }

  /** Inside a step. */
  private async drop(keys: Key[]): Promise<void> {
    await this.table.bulkDelete(keys)
    await this.contents.bulkDelete(keys)
  }

  /** A draft is thrown away with its files. */
  forgetDraft(ticket: string): Promise<void> {
    return this.store.step('attach', async () => {
      if (await this.isRecorded(ticket)) return
      await this.drop((await this.of(ticket)).filter((one) => one.state === 'DRAFT').map(keyOf))
    })
  }

  /** One that was removed by mistake, as it was. */
  restore(one: Whole): Promise<void> {
    return this.store.step('attach', () => this.put(one))
  }

  /** Gives what is gone, to be restored. */
  remove(ticket: string, digest: string): Promise<Whole | null> {
    return this.store.step('attach', async () => {
      const one = await this.table.get([ticket, digest])
      const whole = one === undefined ? null : await this.whole(one)
      await this.drop([[ticket, digest]])
      return whole
    })
  }

  /** How many wait to be sent. */
  waiting(): Promise<number> {
    return this.table.where('state').equals('WAITS').count()
  }

  /** How many of them were tried, and did not get through. */
  failing(): Promise<number> {
    const any = [Dexie.minKey, Dexie.maxKey].map((failed) => ['WAITS', failed])
    return this.table.where('[state+failed]').between(any[0], any[1]).count()
  }

  /** How many the hub does not take. */
  refused(): Promise<number> {
    return this.table.where('state').equals('REFUSED').count()
  }

  /** What waits, for a stick: the oldest first, as long as there is room. */
  async carried(room: number): Promise<Whole[]> {
    const found: Whole[] = []
    for (const one of await this.table.where('state').equals('WAITS').sortBy('at')) {
      const whole = await this.whole(one)
      if (whole !== null && (room -= whole.data.length * 1.4) > 0) found.push(whole)
      if (room <= 0) break
    }
    return found
  }

  /** What the hub said of one. What it took and has erased since is kept here no longer than there. */
  told(key: Key, code: string | null, epoch: number): Promise<void> {
    return this.store.step('attached', async () => {
      const taken = ((await this.table.get(key))?.epoch ?? 0) > 0
      if (code === ERASED && taken) return this.drop([key])
      await this.table.update(key, {
        ...{ state: code === null ? 'SENT' : 'REFUSED', code, epoch },
        ...{ tries: undefined, failed: undefined },
      })
    })
  }

  /** The tickets of which something was sent and is still here. */
  async ofSent(): Promise<Set<string>> {
    const keys = await this.table.where('state').equals('SENT').primaryKeys()
    return new Set(keys.map(([ticket]) => ticket))
  }

  /**
   * What the hub lists of a ticket now. One that it took and does not list is asked about, because a list alone
   * proves nothing: erased there, it goes here, too; lost there, it is sent again.
   */
  async compare(
    ticket: string,
    listed: ReadonlySet<string>,
    put: (piece: Piece) => Promise<Told>,
  ): Promise<void> {
    for (const one of await this.of(ticket)) {
      const whole = one.state === 'SENT' && !listed.has(one.sha256) ? await this.whole(one) : null
      if (whole === null) continue
      const { code, received } = await put(asking(whole))
      if (code === ERASED) await this.told(keyOf(one), code, one.epoch)
      else if (code === null && received < whole.data.length)
        await this.store.step('attached', () => this.table.update(keyOf(one), { state: 'WAITS' }))
    }
  }

  /** Send what waits, and again what an epoch may have lost. A network that is gone ends it; `Unreachable`. */
  async send(put: (piece: Piece) => Promise<Told>, epoch: number): Promise<number> {
    await this.tidy(epoch)
    let sent = 0
    for (const key of await this.turns()) {
      const known = await this.table.get(key)
      const kept = known === undefined ? null : await this.whole(known)
      if (kept === null) continue
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
  private async turns(): Promise<Key[]> {
    const waiting = await this.table.where('state').equals('WAITS').toArray()
    const often = ({ tries = 0 }: Attached) => tries
    waiting.sort((one, other) => often(one) - often(other) || (one.at < other.at ? -1 : 1))
    return waiting.map(keyOf)
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
  private async carry(kept: Whole, put: (piece: Piece) => Promise<Told>): Promise<string | null> {
    const { data } = kept
    const about = asking(kept)
    let told = await put(about)
    for (let stalls = 0; told.code !== null || told.received < data.length;) {
      if (told.code !== null && FINAL.has(told.code)) return told.code
      if (stalls > STALLS) throw new Unanswered('a file that does not get on')
      if (told.code !== null && !told.code.startsWith('ATTACHMENT_')) throw new Unanswered(told.code)
      const start = told.received
      told = await this.piece(
        { ...about, start, data: data.slice(start, start + (await this.pace.now())) },
        put,
      )
      stalls += Number(told.code !== null || told.received <= start)
    }
    return null
  }

  private async piece(piece: Piece, put: (piece: Piece) => Promise<Told>): Promise<Told> {
    try {
      const told = await put(piece)
      await this.pace.passed()
      return told
    } catch (failure) {
      if (failure instanceof Unreachable) await this.pace.broke()
      throw failure
    }
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
        if (over) await this.drop([keyOf(kept)])
        else if (kept.state === 'SENT' && kept.epoch < epoch)
          await this.table.update([kept.ticket, kept.sha256], { state: 'WAITS' })
      }
    })
  }
}

function keyOf({ ticket, sha256: digest }: Attached): Key {
  return [ticket, digest]
}

/** How far has it come? */
function asking({ ticket, sha256: digest, type, data }: Whole): Piece {
  return { ticket, sha256: digest, type, total: data.length, start: 0, data: new Uint8Array() }
}
