// From raw clocks to deeds, as the hub understands them: offsets, bounds, and the one total order.
// A tablet never corrects its clock; it uses this to show when something really was.

import type { RunInput } from './types'

/** What to add to a wall clock and how far that may be wrong; null where nobody can say. */
export interface Correction {
  offsetMs: number
  uncertaintyMs: number | null
  /** Whether a contact of this very run told it; otherwise neighbours did. */
  measured: boolean
}

export interface Deed {
  at: number
  uncertaintyMs: number | null
}

/** What a deed cannot be outside of, in hub milliseconds; null where nothing is known. */
export interface Bounds {
  arrival: number
  previous: number | null
  seen: number | null
  contact: number | null
}

/** A run's own offset, else the nearest earlier contact's, else the nearest later one's. */
export function correction(run: number, journal: readonly RunInput[]): Correction {
  const met = journal.filter((line) => line.offsetMs !== null)
  const own = met.find((line) => line.run === run)
  if (own) return { offsetMs: own.offsetMs ?? 0, uncertaintyMs: own.uncertaintyMs, measured: true }
  const earlier = nearest(
    met.filter((line) => line.run < run),
    (line) => run - line.run,
  )
  const later = nearest(
    met.filter((line) => line.run > run),
    (line) => line.run - run,
  )
  if (earlier && later) return between(earlier, later)
  return { offsetMs: (earlier ?? later)?.offsetMs ?? 0, uncertaintyMs: null, measured: false }
}

function nearest(lines: RunInput[], distance: (line: RunInput) => number): RunInput | undefined {
  return lines.reduce<RunInput | undefined>(
    (best, line) => (best === undefined || distance(line) < distance(best) ? line : best),
    undefined,
  )
}

function between(earlier: RunInput, later: RunInput): Correction {
  const [first, second] = [earlier.offsetMs ?? 0, later.offsetMs ?? 0]
  const known = earlier.uncertaintyMs !== null && later.uncertaintyMs !== null
  const uncertaintyMs = known
    ? (earlier.uncertaintyMs ?? 0) + (later.uncertaintyMs ?? 0) + Math.abs(first - second)
    : null
  return { offsetMs: first, uncertaintyMs, measured: false }
}

function earliest(bounds: Bounds): number | null {
  const afterSeen = bounds.seen === null ? null : bounds.seen + 1
  const known = [bounds.previous, afterSeen, bounds.contact].filter((one) => one !== null)
  return known.length > 0 ? Math.max(...known) : null
}

/** The deed of a change read at `at`; a bound that moves it widens its uncertainty by that distance. */
export function deed(at: number, corrected: Correction, bounds: Bounds): Deed {
  const raw = Math.max(at + corrected.offsetMs, 0)
  const first = earliest(bounds)
  const moved = Math.max(Math.min(raw, bounds.arrival), first ?? 0)
  if (corrected.uncertaintyMs === null) return { at: moved, uncertaintyMs: null }
  const widened = corrected.uncertaintyMs + Math.abs(moved - raw)
  const spell = !corrected.measured && first !== null ? bounds.arrival - first : 0
  return { at: moved, uncertaintyMs: Math.max(widened, spell) }
}

/** A service's start or end: corrected by its run's offset, not after the deed that reports it. */
export function moment(at: number, corrected: Correction, notAfter: number): number {
  return Math.min(Math.max(at + corrected.offsetMs, 0), notAfter)
}

/** The one total order over changes: by deed, then device, then seq. */
export function compare(one: Ordered, other: Ordered): number {
  if (one.deed !== other.deed) return one.deed - other.deed
  if (one.device !== other.device) return one.device < other.device ? -1 : 1
  return one.seq - other.seq
}

export interface Ordered {
  deed: number
  device: string
  seq: number
}

/** Whether two deeds are closer than their uncertainty, so that nobody can say which came first. */
export function isCloseCall(one: Deed, other: Deed): boolean {
  if (one.uncertaintyMs === null || other.uncertaintyMs === null) return true
  return Math.abs(one.at - other.at) <= one.uncertaintyMs + other.uncertaintyMs
}

/** The offset measured by one tiny exchange: its midpoint, give or take half the round trip. */
export function sameInstantOffset(clockMs: number, hubMs: number, roundTripMs: number): Correction {
  return { offsetMs: hubMs - clockMs, uncertaintyMs: Math.floor((roundTripMs + 1) / 2), measured: true }
}
