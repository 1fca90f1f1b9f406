// The clock journal: which run a reading belongs to, and what is known of each run's offset to the hub.
//
// A browser's monotonic clock stands still while many tablets sleep, so that a sleep and a clock that was set
// forward look alike. An offset is therefore carried over a jump only where contacts on both sides, in one
// life of the page, agree: then the monotonic clock went on between them. Two tabs are two lives of a page.

import Dexie from 'dexie'

import { sameInstantOffset } from '../protocol/clock'
import { NotKept } from '../protocol/failures'
import type { RunInput } from '../protocol/types'
import type { Run } from '../store/database'
import type { Store } from '../store/store'
import type { Clock } from '../store/system'

const JUMP_MS = 2_000
/** A cheap quartz may lose or win a millisecond in this many (50 parts in a million). */
const DRIFT_PER_MS = 20_000
/** Two clocks that tell whole milliseconds. */
const ROUNDING_MS = 2

/** Both clocks at one moment, and the run they belong to. */
export interface Reading {
  run: number
  wallMs: number
  monotonicMs: number
}

interface Contact {
  aheadMs: number
  uncertaintyMs: number
  atMs: number
}

export class Journal {
  private constructor(
    private readonly store: Store,
    private readonly clock: Clock,
    /** This life of the page: its first run; null until that could be kept. */
    private process: number | null,
  ) {}

  /** Counts this life of the page as a new run; on a full disk, once there is room. */
  static async open(store: Store, clock: Clock): Promise<Journal> {
    const journal = new Journal(store, clock, null)
    try {
      await store.step('open', () => journal.read())
    } catch (failure) {
      if (!(failure instanceof NotKept)) throw failure
    }
    return journal
  }

  /** Both clocks now, inside a step: a jump of the wall clock begins a new run. */
  async read(): Promise<Reading> {
    const runs = this.store.database.runs
    const [wallMs, monotonicMs] = [this.clock.wallMs(), this.clock.monotonicMs()]
    const ahead = wallMs - monotonicMs
    const last = await this.last()
    if (last === null || Math.abs(ahead - last.anchorMs) > JUMP_MS) {
      const run = await begin(this.store, this.process, wallMs, monotonicMs)
      Dexie.currentTransaction?.on('complete', () => (this.process ??= run))
      return { run, wallMs, monotonicMs }
    }
    await runs.put({
      ...last,
      lowMs: Math.min(last.lowMs, ahead),
      highMs: Math.max(last.highMs, ahead),
      lastMs: monotonicMs,
    })
    return { run: last.run, wallMs, monotonicMs }
  }

  /** Both clocks now, as a step of its own. */
  now(): Promise<Reading> {
    return this.store.step('moment', () => this.read())
  }

  /** One tiny exchange with the hub that began at `before` and ends now: the best of a run is kept. */
  met(before: Reading, hubMs: number): Promise<void> {
    return this.store.step('contact', async () => {
      const after = await this.read()
      await this.store.put({ metAt: hubMs })
      if (after.run !== before.run) return
      const middle = before.monotonicMs + Math.floor((after.monotonicMs - before.monotonicMs) / 2)
      const measured = sameInstantOffset(middle, hubMs, after.monotonicMs - before.monotonicMs + ROUNDING_MS)
      const uncertaintyMs = measured.uncertaintyMs ?? 0
      const held = await this.store.database.runs.get(after.run)
      const best = held?.uncertaintyMs ?? null
      if (best === null || uncertaintyMs <= best + drift(middle, held?.contactMs ?? middle))
        await this.store.database.runs.update(after.run, {
          ...{ hubMs: measured.offsetMs, uncertaintyMs, contactMs: middle },
        })
    })
  }

  /** All runs in order, each with its offset where one is known. */
  async lines(): Promise<RunInput[]> {
    const runs = await this.store.database.runs.orderBy('run').toArray()
    return runs.map((run) => line(run, contactFor(run, runs)))
  }

  /** What an upload says: these runs, and the nearest contacts before and after each of them. */
  async around(wanted: Iterable<number>): Promise<RunInput[]> {
    const lines = await this.lines()
    const known = lines.filter((one) => one.offsetMs !== null).map((one) => one.run)
    const said = new Set(wanted)
    for (const run of [...said]) {
      const before = known.filter((one) => one < run).at(-1)
      const after = known.find((one) => one > run)
      if (before !== undefined) said.add(before)
      if (after !== undefined) said.add(after)
    }
    return lines.filter((one) => said.has(one.run))
  }

  /** The newest run of this life of the page. */
  private async last(): Promise<Run | null> {
    if (this.process === null) return null
    return (await this.store.database.runs.where('process').equals(this.process).last()) ?? null
  }

  /** The line of the run that this page is in. */
  async current(): Promise<RunInput | undefined> {
    const [last, lines] = await Promise.all([this.last(), this.lines()])
    return lines.find((one) => one.run === last?.run)
  }
}

async function begin(
  store: Store,
  process: number | null,
  wallMs: number,
  monotonicMs: number,
): Promise<number> {
  const last = await store.database.runs.orderBy('run').last()
  const run = (last?.run ?? 0) + 1
  const ahead = wallMs - monotonicMs
  await store.database.runs.add({
    ...{ run, process: process ?? run, anchorMs: ahead, lowMs: ahead, highMs: ahead },
    ...{ firstMs: monotonicMs, lastMs: monotonicMs, hubMs: null, uncertaintyMs: null, contactMs: null },
  })
  return run
}

function drift(oneMs: number, otherMs: number): number {
  return Math.floor(Math.abs(oneMs - otherMs) / DRIFT_PER_MS)
}

function contactOf(run: Run | undefined): Contact | null {
  if (run === undefined || run.hubMs === null || run.uncertaintyMs === null || run.contactMs === null)
    return null
  return { aheadMs: run.hubMs, uncertaintyMs: run.uncertaintyMs, atMs: run.contactMs }
}

/** A run's own contact; else the better of its neighbours' in the same life of the page, where both agree. */
function contactFor(run: Run, runs: readonly Run[]): Contact | null {
  const own = contactOf(run)
  if (own !== null) return own
  const met = runs.filter((one) => one.process === run.process && contactOf(one) !== null)
  const before = contactOf(met.filter((one) => one.run < run.run).at(-1))
  const after = contactOf(met.find((one) => one.run > run.run))
  if (before === null || after === null) return null
  const allowed = before.uncertaintyMs + after.uncertaintyMs + drift(before.atMs, after.atMs) + ROUNDING_MS
  if (Math.abs(before.aheadMs - after.aheadMs) > allowed) return null
  return uncertainty(run, before) <= uncertainty(run, after) ? before : after
}

/** What a contact leaves open for a run: its own, the run's wandering, and the drift over the distance. */
function uncertainty(run: Run, contact: Contact): number {
  const wandering = run.highMs - Math.floor((run.lowMs + run.highMs) / 2)
  const distance = Math.max(drift(run.firstMs, contact.atMs), drift(run.lastMs, contact.atMs))
  return contact.uncertaintyMs + wandering + distance
}

function line(run: Run, contact: Contact | null): RunInput {
  if (contact === null) return { run: run.run, offsetMs: null, uncertaintyMs: null }
  const offsetMs = contact.aheadMs - Math.floor((run.lowMs + run.highMs) / 2)
  return { run: run.run, offsetMs, uncertaintyMs: uncertainty(run, contact) }
}
