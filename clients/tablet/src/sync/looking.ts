// Photos and spoken notes that other tablets sent: looked at where there is a network, kept for where there is
// none, within a budget. Nothing of a ticket that is over or has left stays. What is listed says of one's own, too,
// what the hub has erased.

import { Unanswered, Unreachable } from '../protocol/failures'
import type { Transport } from '../protocol/operations'
import type { Looked } from '../store/database'
import type { Store } from '../store/store'
import type { Attachments } from './attachments'

/** So much of whole files is kept; thumbnails are small and are kept all. */
const BUDGET_BYTES = 60_000_000
const LARGEST_BYTES = 4_000_000
/** A ticket that is as it was is asked about by itself no more often than this, and so many in one meeting. */
const AGAIN_MS = 30 * 60_000
const TICKETS_AT_ONCE = 40
const OVER: ReadonlySet<string> = new Set(['DONE', 'CLOSED', 'CANCELLED'])

/** A picture of a photo, small, as an address; null of what is no picture. */
export type Shrink = (data: Uint8Array, type: string) => Promise<string | null>

type Way = Pick<Transport, 'list' | 'get' | 'put'>

/** A ticket that is to be asked about; `mine`: only for what was made here. */
export interface About {
  id: string
  rev: number
  mine: boolean
}

/** When a ticket was asked about, and what was held of it then. */
interface Asked {
  ms: number
  rev: number
}

export class Looking {
  constructor(
    private readonly store: Store,
    private readonly way: Way,
    private readonly shrink: Shrink,
    private readonly own: Pick<Attachments, 'of' | 'compare'>,
    private readonly budget = BUDGET_BYTES,
  ) {}

  private get table() {
    return this.store.database.looked
  }

  /** What was seen of a ticket, in the order it was sent. */
  async of(ticket: string): Promise<Looked[]> {
    const found = await this.table.where('ticket').equals(ticket).toArray()
    return found.sort((one, other) => (one.at < other.at ? -1 : 1))
  }

  /** Fetch what others sent for a ticket, and let go of what the hub has no more; `Unreachable`. */
  async look(ticket: string, nowMs: number, mine = false): Promise<void> {
    const token = (await this.store.get<string>('token')) ?? null
    const known = new Map((await this.of(ticket)).map((one) => [one.sha256, one]))
    const all = await this.way.list(ticket, token)
    const there = new Set((all ?? []).map((one) => one.sha256))
    const gone = [...known.keys()].filter((sha256) => !there.has(sha256))
    if (gone.length > 0) await this.drop(gone.map((sha256) => [ticket, sha256]))
    // Who may not see a ticket is not told what is there.
    if (all !== null) await this.own.compare(ticket, there, (piece) => this.way.put(piece, token))
    if (mine) return
    const made = new Set((await this.own.of(ticket)).map((one) => one.sha256))
    const listed = (all ?? []).filter((one) => !made.has(one.sha256))
    let failed: Unanswered | null = null
    for (const { sha256, type, at, bytes } of listed) {
      if (known.get(sha256)?.data || bytes > LARGEST_BYTES) continue
      const data = await this.way.get(ticket, sha256, token).catch((failure: unknown) => {
        if (!(failure instanceof Unanswered)) throw failure
        failed = failure
        return null
      })
      if (data === null) continue
      const thumbnail = known.get(sha256)?.thumbnail ?? (await this.shrink(data, type))
      await this.keep({ ticket, sha256, type, at, data, thumbnail, usedMs: nowMs })
    }
    if (failed !== null) throw failed
  }

  /** Before a trip: what others sent for these tickets, as far as there is time and room. Never throws for a network. */
  async ahead(tickets: readonly About[], nowMs: number): Promise<void> {
    await this.tidy()
    const asked = (await this.store.get<Record<string, Asked>>('listed')) ?? {}
    const isDue = ({ id, rev }: About) => {
      const last = asked[id]
      return last === undefined || last.rev !== rev || nowMs - last.ms >= AGAIN_MS
    }
    const due = tickets.filter(isDue).slice(0, TICKETS_AT_ONCE)
    const known: Record<string, Asked> = {}
    for (const { id } of tickets) if (asked[id] !== undefined) known[id] = asked[id]
    for (const { id, rev, mine } of due) {
      try {
        await this.look(id, nowMs, mine)
      } catch (failure) {
        if (!(failure instanceof Unreachable)) throw failure
        if (!(failure instanceof Unanswered)) break
      }
      // Whatever could not be had is asked for after the others, in its turn.
      known[id] = { ms: nowMs, rev }
    }
    if (due.length > 0) await this.store.step('asked', () => this.store.put({ listed: known, asked: null }))
  }

  /** Somebody looks at it now, so it goes last. */
  used(one: Looked, nowMs: number): Promise<void> {
    return this.store.step('used', async () => {
      await this.table.update([one.ticket, one.sha256], { usedMs: nowMs })
    })
  }

  /** Keep one, and let go of whole files that nobody looked at for the longest, where there is no room. */
  private keep(one: Looked): Promise<void> {
    return this.store.step('looked', async () => {
      await this.table.put(one)
      let room = this.budget
      for (const kept of await this.table.orderBy('usedMs').reverse().toArray()) {
        room -= kept.data?.length ?? 0
        if (room < 0 && kept.data !== null)
          await this.table.update([kept.ticket, kept.sha256], { data: null })
      }
    })
  }

  private drop(keys: [string, string][]): Promise<void> {
    return this.store.step('looked', () => this.table.bulkDelete(keys))
  }

  private async tidy(): Promise<void> {
    const gone: [string, string][] = []
    for (const [ticket, sha256] of await this.table.toCollection().primaryKeys()) {
      const held = await this.store.database.documents.get(['ticket', ticket])
      if (held === undefined || OVER.has(held.body.state)) gone.push([ticket, sha256])
    }
    if (gone.length > 0) await this.drop(gone)
  }
}
