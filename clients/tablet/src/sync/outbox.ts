// The outbox: what was recorded here, kept as it will be sent until the hub has answered for it.
//
// Each change has a seq without gaps under the present device. Its body is let go only when it has its
// verdict and the hub's durableThrough has passed it, and always from the front, so that what is kept is one
// unbroken stretch that can be sent again.

import { isObject, type Json } from '../protocol/canonical'
import manifest from '../protocol/manifest.json'
import type { Mark } from '../protocol/operations'
import type { OpeningInput, Receipt } from '../protocol/types'
import type { Held, Kept, Word } from '../store/database'
import type { Store } from '../store/store'

/** Room in an upload for all beside its changes: the clock journal, the operation, the braces. */
const ENVELOPE_BYTES = 100_000
/** Outcomes that a person may want to mend and send again; what was said is kept for so long, and no longer. */
export const MENDABLE: ReadonlySet<string> = new Set(['REJECTED', 'LOST', 'QUARANTINED'])
const MENDING_MS = 30 * 86_400_000
/** What somebody has read can be mended for so long all the same: the button is beside the other. */
const READ_MS = 86_400_000

/** A change that is durably kept: its id, its seq, and the thing it is about. */
export interface Recorded {
  id: string
  seq: number
  entity: string
}

/** A change with the hub's last word on it. */
export interface Told {
  kept: Kept
  word: Word | null
  settled: boolean
}

/** What one push carries: the seq of the first change, the oldest that is kept, and the changes. */
export interface Batch {
  first: number
  oldest: number
  changes: Json[]
}

/** The runs that changes name, those of a service's start and end included. */
export function runsOf(changes: readonly { run?: unknown; data?: unknown }[]): Set<number> {
  const runs = new Set<number>()
  for (const change of changes) {
    const data = isObject(change.data) ? change.data : {}
    for (const reading of [change, data.start, data.end])
      if (isObject(reading) && typeof reading.run === 'number') runs.add(reading.run)
  }
  return runs
}

export class Outbox {
  constructor(private readonly store: Store) {}

  private get changes() {
    return this.store.database.changes
  }

  /** Append one change under the next seq, inside a step. */
  async keep(
    raw: Json & { id: string; kind: string; entity: string; at: string; run: number },
    seq: number,
  ): Promise<Recorded> {
    const { id, kind, entity, at, run } = raw
    const line = { id, seq, kind, entity, at, run, body: JSON.stringify(raw), waits: 1 as const }
    await this.changes.add({ ...line, quarantine: null, word: null })
    return { id, seq, entity }
  }

  /** The seq of the change that will be recorded next. */
  async nextSeq(): Promise<number> {
    return ((await this.changes.orderBy('seq').last())?.seq ?? 0) + 1
  }

  /** The hub has everything up to this seq, as far as it said. */
  async received(): Promise<number> {
    return (await this.store.get<number>('received')) ?? 0
  }

  /** What can still be sent, in the order it was recorded. */
  private async kept(): Promise<Kept[]> {
    const kept = await this.changes.where('waits').equals(1).toArray()
    return kept.sort((one, other) => (one.seq ?? 0) - (other.seq ?? 0))
  }

  /** The seq of the oldest change that can still be sent, or of the next one. */
  async oldest(): Promise<number> {
    return (await this.kept())[0]?.seq ?? (await this.nextSeq())
  }

  /** The next changes that the hub has not, within these limits; at least one when there is one. */
  async batch(limit: number, bytes: number): Promise<Batch> {
    const kept = await this.kept()
    const oldest = kept[0]?.seq ?? (await this.nextSeq())
    const first = Math.max((await this.received()) + 1, oldest)
    const changes: Json[] = []
    let room = bytes - ENVELOPE_BYTES
    for (const line of kept) {
      if ((line.seq ?? 0) < first || line.body === null) continue
      room -= new TextEncoder().encode(line.body).length + 1
      if (changes.length >= limit || (changes.length > 0 && room < 0)) break
      changes.push(JSON.parse(line.body) as Json)
    }
    return { first, oldest, changes }
  }

  /** The contacts that were opened here and that the hub has not heard of. */
  async openings(): Promise<OpeningInput[]> {
    return (await this.store.get<OpeningInput[]>('openings')) ?? []
  }

  /** The hub has heard of these; those since then go with the next upload. */
  noted(sent: readonly OpeningInput[]): Promise<void> {
    const ids = new Set(sent.map((one) => one.id))
    return this.store.step('openings', async () => {
      const left = (await this.openings()).filter((one) => !ids.has(one.id))
      await this.store.put({ openings: left.length > 0 ? left : null })
    })
  }

  /** The hub has less, or more, than we thought: everything up to `through` and no more. */
  rewind(through: number): Promise<void> {
    return this.store.step('rewind', () => this.store.put({ received: through }))
  }

  /**
   * Take a receipt for a batch; `marks` are the seqs in quarantine, each with what is to be told about it. What the
   * hub has beyond this batch is believed when it was shown: it may be another copy's.
   */
  answered(receipt: Receipt, marks: readonly Mark[], batch: Batch | null = null): Promise<void> {
    return this.store.step('receipt', async () => {
      const allShown = batch !== null && batch.first <= (await this.oldest())
      const believed = allShown ? (await this.nextSeq()) - 1 : await this.believed(receipt.epoch)
      const shown = batch === null ? believed : batch.first + batch.changes.length - 1
      await this.store.put({
        ...{
          received: Math.min(receipt.receivedThrough, shown, believed),
          settled: receipt.settledThrough,
          durable: receipt.durableThrough,
        },
        ...{ settlesAt: receipt.settlesAt, epoch: receipt.epoch },
      })
      for (const mark of marks) await this.changes.where('seq').equals(mark.seq).modify({ quarantine: mark })
      await this.release()
      const now = (await this.store.get<number>('metAt')) ?? 0
      const stale = this.changes.filter((line) => (line.mend?.untilMs ?? now) < now)
      await stale.modify((line) => void delete line.mend)
    })
  }

  /**
   * Up to where the hub is believed to have what is here. In a new epoch only what is not kept any more: the hub
   * may have been restored, and another copy of this tablet may have sent what was lost, or something else under
   * the same seqs. What is shown again tells.
   */
  async believed(epoch: number): Promise<number> {
    const same = epoch === ((await this.store.get<number>('epoch')) ?? epoch)
    return (same ? await this.nextSeq() : await this.oldest()) - 1
  }

  /** Let go, from the front, of what has its verdict and is durable. Inside a step. */
  async release(): Promise<void> {
    const durable = (await this.store.get<number>('durable')) ?? 0
    const now = (await this.store.get<number>('metAt')) ?? 0
    for (const line of await this.kept()) {
      const told = await this.told(line)
      if (!told.settled || (line.seq ?? 0) > durable) break
      const { waits: _, body, ...rest } = line
      const outcome = line.quarantine === null ? told.word?.outcome : 'QUARANTINED'
      const kept = body !== null && !line.mended && MENDABLE.has(outcome ?? '')
      const mend = kept ? { mend: { body, untilMs: now + (line.read ? READ_MS : MENDING_MS) } } : {}
      await this.changes.put({ ...rest, word: told.word, body: null, ...mend })
    }
  }

  /** A person has read what became of a change, or has not after all. What it had said goes soon, not at once. */
  seen(change: string, read = true): Promise<void> {
    return this.touch(change, (line, now) => {
      if (read) line.read = true
      else delete line.read
      if (line.mend) line.mend.untilMs = now + (read ? READ_MS : MENDING_MS)
    })
  }

  /** A person has mended a change and sent it anew: what it had said is not needed any more. */
  mended(change: string): Promise<void> {
    return this.touch(change, (line) => {
      line.read = line.mended = true
      delete line.mend
    })
  }

  private touch(change: string, how: (line: Kept, now: number) => void): Promise<void> {
    return this.store.step('seen', async () => {
      const now = (await this.store.get<number>('metAt')) ?? 0
      await this.changes
        .where('id')
        .equals(change)
        .modify((line) => how(line, now))
    })
  }

  /** Begin again under a new device: what is still kept gets new seqs, in the old order. Inside a step. */
  async renumber(): Promise<void> {
    const kept = await this.kept()
    const heard = await this.store.get<number>('heard')
    const before = kept.filter((line) => heard !== undefined && (line.seq ?? 0) < heard).length
    await this.changes.toCollection().modify((line) => {
      delete line.seq
    })
    for (const [index, line] of kept.entries())
      await this.changes.update(line.position, { seq: index + 1, quarantine: null })
    const forgotten = { received: null, settled: null, durable: null, settlesAt: null }
    await this.store.put({ ...forgotten, heard: heard === undefined ? null : before + 1 })
  }

  /** What has no verdict yet (or waits for a thing to come), in the order it was recorded. */
  async waiting(): Promise<Kept[]> {
    return waitingOf(await this.all())
  }

  /** What was recorded after this position: the hub has said nothing of it. */
  async since(position: number): Promise<Told[]> {
    const changes = await this.changes.where('position').above(position).toArray()
    return changes.map((kept) => tellOf(kept, []))
  }

  /** Everything that was ever recorded here, in order; a body only where it is still needed. */
  async all(): Promise<Told[]> {
    const [changes, verdicts] = await Promise.all([
      this.changes.orderBy('position').toArray(),
      this.store.database.documents.where('collection').equals('verdict').toArray(),
    ])
    const about = new Map<string, Held[]>()
    for (const one of verdicts) about.set(one.about ?? '', [...(about.get(one.about ?? '') ?? []), one])
    return changes.map((kept) => tellOf(kept, about.get(kept.id) ?? []))
  }

  private async told(kept: Kept): Promise<Told> {
    return tellOf(kept, await this.store.database.documents.where('about').equals(kept.id).toArray())
  }
}

/** Those that can still be sent and have no verdict, by the seqs under which they go. */
export function waitingOf(told: readonly Told[]): Kept[] {
  return told
    .filter((one) => one.kept.waits === 1 && !one.settled)
    .map((one) => one.kept)
    .sort((one, other) => (one.seq ?? 0) - (other.seq ?? 0))
}

/** A word that says only that a change was received before gives way to the one that was said then. */
function tellOf(kept: Kept, verdicts: readonly { rev: number; body: Record<string, any> }[]): Told {
  const repeated = (one: { body: Record<string, any> }) => Number(one.body.code === 'REPEATED')
  const newest = [...verdicts].sort((a, b) => repeated(a) - repeated(b) || b.rev - a.rev)[0]
  const word = (newest?.body as Word | undefined) ?? kept.word
  return { kept, word, settled: kept.quarantine !== null || (word?.outcome ?? 'HELD') !== 'HELD' }
}

/** The largest push that the protocol allows. */
export const LARGEST = { changes: manifest.limits.maxChanges, bytes: manifest.limits.maxUploadBytes }
