// The whole course of a ticket (全程纪实), as far as this tablet knows it: one list, in order of time.
//
// Pure. What the hub said has the hub's times; what was done here and has no verdict yet was read off this
// tablet's clock, and is shifted by what is known of that clock, each by itself.

import { formatTime, parseTime } from '../protocol/time'
import type { Body, Pending } from './view'

/** One line: what was done, when by the hub's clock, by whom or for which unit, and what was said. */
export interface Told {
  id: string
  kind: string
  at: string
  member: string | null
  unit: string | null
  text: string | null
  rating: number | null
  /** Only this tablet says so. */
  own: boolean
}

/** What became of a change that was recorded here; its body may be let go. */
interface Verdict {
  id: string
  kind: string
  entity: string
  at: string
  outcome: string
}

/** A service or a whistle as its screen shows it. */
type Beside = { id: string; body: Body; provisional: readonly string[] }

export interface Known {
  /** The ticket as the hub last said it, or null. */
  ticket: Body | null
  services: Iterable<Beside>
  whistles: Iterable<Beside>
  pending: readonly Pending[]
  verdicts: readonly Verdict[]
  /** The hub is ahead of this tablet's clock by so much. */
  offsetMs: number
}

/** Steps of which the hub's document keeps no time: what was recorded here and came to stand is told. */
const UNTOLD: ReadonlySet<string> = new Set(['ticket.start', 'ticket.decline'])

export function course(id: string, known: Known): Told[] {
  const { ticket, pending, verdicts, offsetMs } = known
  const byHub = (at: string) => at
  const byUs = (at: string) => formatTime(parseTime(at) + offsetMs)
  const lines: Told[] = [
    ...(ticket === null ? [] : saidOf(id, ticket)),
    ...of(id, known.services).flatMap((one) =>
      serviceOf(one, one.provisional.includes('start') ? byUs : byHub),
    ),
    ...of(id, known.whistles).flatMap((one) => whistleOf(one, pending, byHub, byUs)),
  ]
  const there = new Set(lines.map((one) => one.id))
  for (const change of pending)
    if (change.entity === id && !there.has(change.id))
      lines.push({ ...changeOf(change), at: byUs(change.at) })
  for (const one of pending) there.add(one.id)
  for (const one of verdicts)
    if (one.entity === id && UNTOLD.has(one.kind) && one.outcome === 'APPLIED' && !there.has(one.id))
      lines.push(line(one.id, one.kind, byUs(one.at)))
  return lines.sort((one, other) => (one.at === other.at ? 0 : one.at < other.at ? -1 : 1))
}

/** A community's years of services are looked through at every touch, so that each is looked at once. */
function of(ticket: string, all: Iterable<Beside>): Beside[] {
  const found: Beside[] = []
  for (const one of all) if (one.body.ticket === ticket) found.push(one)
  return found
}

function line(id: string, kind: string, at: string, more: Partial<Told> = {}): Told {
  return { id, kind, at, member: null, unit: null, text: null, rating: null, own: false, ...more }
}

/** What the hub's document says. A step that is kept as a note is told once. */
function saidOf(id: string, ticket: Body): Told[] {
  const notes: Body[] = ticket.notes
  const lines = [
    line(`${id} opened`, 'ticket.open', ticket.openedAt, { member: ticket.opener }),
    ...ticket.takers.map((one: Body) => line(one.change, 'ticket.claim', one.since, { member: one.member })),
    ...(ticket.pauses ?? []).map((one: Body) =>
      line(one.change, one.kind, one.at, { member: one.by, text: one.reason }),
    ),
    ...notes.map((one) => line(one.id, one.kind, one.at, { member: one.by, text: one.text ?? one.reason })),
  ]
  if (ticket.doneAt) lines.push(line(`${id} done`, 'ticket.finish', ticket.doneAt))
  const cancelled = notes.some((one) => one.kind === 'ticket.cancel' && one.at === ticket.closedAt)
  if (ticket.closedAt && !cancelled) {
    const kind = ticket.state === 'CANCELLED' ? 'ticket.cancel' : 'ticket.close'
    lines.push(line(`${id} closed`, kind, ticket.closedAt, { text: ticket.words, rating: ticket.rating }))
  }
  return lines
}

function serviceOf({ id: service, body, provisional }: Beside, time: (at: string) => string): Told[] {
  const own = provisional.includes('start')
  const kind = body.state === 'VOID' ? 'service.void' : 'service.record'
  return [line(service, kind, time(body.start), { member: body.member, text: body.summary, own })]
}

/** A whistle, each answer and each meeting: those of pending changes by this tablet's clock. */
function whistleOf(
  { id: whistle, body }: Beside,
  pending: readonly Pending[],
  byHub: (at: string) => string,
  byUs: (at: string) => string,
): Told[] {
  const here = pending.filter((one) => one.entity === whistle)
  const times = new Set(here.map((one) => `${one.kind} ${one.at}`))
  const timed = (kind: string, at: string) => {
    const own = times.has(`${kind} ${at}`)
    return { at: (own ? byUs : byHub)(at), own }
  }
  const said = (key: string, kind: string, at: string, more: Partial<Told>) =>
    line(`${whistle} ${key}`, kind, at, { ...timed(kind, at), ...more })
  return [
    said('blown', 'whistle.blow', body.blownAt, { member: body.blower, unit: body.lead }),
    ...body.calls
      .filter((call: Body) => call.answered ?? call.at)
      .map((call: Body) =>
        said(`${call.unit}`, 'whistle.answer', call.at ?? call.answered, {
          unit: call.unit,
          text: call.part,
        }),
      ),
    ...body.meetings.map((one: Body) =>
      line(one.id, 'whistle.meet', one.met, {
        text: one.record,
        own: here.some((change) => change.id === one.id),
      }),
    ),
  ]
}

/** What was recorded here and waits: the change says who and what. */
function changeOf({ id, kind, at, by, data, private: own = {} }: Pending): Told {
  return line(id, kind, at, {
    member: data.member ?? by,
    text: own.text ?? own.words ?? data.reason ?? null,
    rating: data.rating ?? null,
    own: true,
  })
}
