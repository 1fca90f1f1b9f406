// The order of a day: which heading each ticket stands under, and in which order one walks to them.
// Nothing of the screen is here, and no clock.

import type { TicketBody } from '../protocol/types'

/** The headings of Today that hold tickets, as they follow each other. */
export type Group = 'late' | 'due' | 'mine' | 'open' | 'going' | 'done'

/** What is to be known of the day and of who looks; times are wire times, in order as texts. */
export interface Day {
  now: string
  isToday: (time: string) => boolean
  /** The grids of this tablet. */
  scope: ReadonlySet<string>
  isMine: (body: TicketBody) => boolean
}

const LIVE: ReadonlySet<string> = new Set(['OPEN', 'DISPATCHED', 'ACCEPTED', 'IN_PROGRESS'])
const RANKS: Readonly<Record<string, number>> = { URGENT: 0, HIGH: 1, NORMAL: 2, LOW: 3 }

/** Made once: making one takes longer than a whole day's comparisons. 2 comes before 10. */
const names = new Intl.Collator('zh-Hans', { numeric: true })

/** When a ticket is due; null where nothing runs: it has no time, it pauses, or the work is over. */
export function dueOf(body: TicketBody): string | null {
  return LIVE.has(body.state) && !body.pause ? body.dueAt : null
}

/** Under which heading a ticket stands today; null: under none. */
export function groupOf(body: TicketBody, day: Day): Group | null {
  if (!day.scope.has(body.grid)) return null
  if (!LIVE.has(body.state))
    return body.doneAt !== null && day.isToday(body.doneAt) && body.state !== 'CANCELLED' ? 'done' : null
  const due = dueOf(body)
  if (due !== null && due < day.now) return 'late'
  if (due !== null && day.isToday(due)) return 'due'
  if (day.isMine(body)) return 'mine'
  return body.state === 'OPEN' || body.state === 'DISPATCHED' ? 'open' : 'going'
}

/** The order of the walk: grid by grid, place by place; there what is urgent, then what is due soon, then the oldest. */
export function walked<T extends { body: TicketBody }>(
  tickets: readonly T[],
  gridCode: (grid: string) => string,
): T[] {
  const grids = ranked(tickets.map(({ body }) => gridCode(body.grid)))
  const places = ranked(tickets.map(({ body }) => body.place ?? ''))
  // Who has no place is looked for after those who have one.
  const place = ({ body }: T) => (body.place ? (places.get(body.place) ?? 0) : places.size)
  const steps: ((one: T) => number)[] = [
    ({ body }) => grids.get(gridCode(body.grid)) ?? 0,
    place,
    ({ body }) => RANKS[body.priority] ?? RANKS.NORMAL!,
  ]
  const keyed = tickets.map((ticket) => ({
    ...{ ticket, numbers: steps.map((step) => step(ticket)) },
    text: `${dueOf(ticket.body) ?? '~'}|${ticket.body.openedAt}`,
  }))
  keyed.sort((one, other) => {
    for (const [index, number] of one.numbers.entries()) {
      const apart = number - (other.numbers[index] ?? 0)
      if (apart !== 0) return apart
    }
    return one.text < other.text ? -1 : one.text > other.text ? 1 : 0
  })
  return keyed.map(({ ticket }) => ticket)
}

/** Names by their place in the order; each is compared once for all who have it. */
function ranked(all: readonly string[]): Map<string, number> {
  const sorted = [...new Set(all)].sort(names.compare)
  return new Map(sorted.map((name, rank) => [name, rank]))
}
