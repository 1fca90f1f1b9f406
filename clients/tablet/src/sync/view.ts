// The optimistic view: what the hub said, with this tablet's pending changes applied again on top.
//
// Pure, and the same in every client: tests/vectors/views.json holds the examples. It guesses what the hub
// will say and marks every field that it guessed at. Points are never guessed: what may become points is
// counted apart.

import { formatTime, parseTime } from '../protocol/time'
import { periodOf } from './duties'
import { PROPOSED, STATES, STEPS } from './steps'

export type Body = Record<string, any>

/** The body that the hub last said of (collection, id), or null. */
export type Look = (collection: string, id: string) => Body | null

/** A change as it was recorded. */
export type Pending = Body

/** What a member did that is not confirmed yet. It inflates no total: points stay what the hub said. */
export interface Waiting {
  services: number
  minutes: number
  redeemed: number
}

/** One thing as its screen shows it; `provisional` names the fields that only this tablet says. */
export interface View {
  collection: string
  id: string
  rev: number
  body: Body
  provisional: string[]
  waiting?: Waiting
}

/** A thing while pending changes are applied to it; `body` is null while there is no such thing. */
class Draft {
  readonly touched = new Set<string>()

  constructor(
    readonly id: string,
    readonly rev: number,
    public body: Body | null,
  ) {}

  /** Write fields of a thing that is there. */
  set(values: Body): void {
    if (this.body === null) return
    Object.assign(this.body, values)
    for (const name of Object.keys(values)) this.touched.add(name)
  }
}

type Effect = (draft: Draft, change: Pending, look: Look) => void

/** All things of a collection by id: those the hub said, and those that are pending only. */
export function views(
  collection: string,
  held: ReadonlyMap<string, { rev: number; body: Body }>,
  pending: readonly Pending[],
  look: Look,
): Map<string, View> {
  const shown = new Map<string, View>()
  for (const [id, { rev, body }] of held) shown.set(id, { collection, id, rev, body, provisional: [] })
  for (const draft of drafts(collection, held, pending, look).values())
    if (draft.body !== null)
      shown.set(draft.id, {
        ...{ collection, id: draft.id, rev: draft.rev, body: draft.body },
        provisional: [...draft.touched].sort(),
      })
  if (collection === 'reward') askFor(shown, pending)
  if (collection === 'member') addWaiting(shown, pending, look)
  return shown
}

/** What pending changes touch, each on a copy of its own. */
function drafts(
  collection: string,
  held: ReadonlyMap<string, { rev: number; body: Body }>,
  pending: readonly Pending[],
  look: Look,
): Map<string, Draft> {
  const made = new Map<string, Draft>()
  for (const change of pending) {
    const [thing, effect] = EFFECTS[change.kind] ?? ['', () => {}]
    if (thing !== collection) continue
    let draft = made.get(change.entity)
    if (draft === undefined) {
      const one = held.get(change.entity)
      draft = new Draft(change.entity, one?.rev ?? 0, one ? { ...one.body } : null)
      made.set(change.entity, draft)
    }
    effect(draft, change, look)
  }
  return made
}

/** A reward that was asked for here counts as given, so that nobody is promised it twice. */
function askFor(shown: Map<string, View>, pending: readonly Pending[]): void {
  for (const change of pending) {
    const view = change.kind === 'points.redeem' ? shown.get(change.data.item ?? '') : undefined
    if (view === undefined) continue
    const body = { ...view.body, given: view.body.given + 1 }
    shown.set(view.id, { ...view, body, provisional: [...new Set([...view.provisional, 'given'])].sort() })
  }
}

/** What may become points, under the member that an alias points to: each pending source once. */
function addWaiting(shown: Map<string, View>, pending: readonly Pending[], look: Look): void {
  const told = new Set(pending.filter((one) => one.kind === 'service.void').map((one) => one.entity))
  const waiting = new Map<string, Waiting>()
  for (const change of pending) {
    if (change.kind !== 'service.record' && change.kind !== 'points.redeem') continue
    const member = root(change.data.member, look)
    const line = waiting.get(member) ?? { services: 0, minutes: 0, redeemed: 0 }
    waiting.set(member, line)
    if (change.kind === 'points.redeem') line.redeemed += change.data.points
    else if (!told.has(change.entity) && look('service', change.entity) === null) {
      line.services += 1
      line.minutes += minutes(change.data)
    }
  }
  for (const [id, view] of shown) view.waiting = waiting.get(id) ?? { services: 0, minutes: 0, redeemed: 0 }
}

/** Whole minutes between two readings of one run; what spans a jump of the clock is left to the hub. */
function minutes(data: Body): number {
  if (data.start.run !== data.end.run) return 0
  return Math.floor(Math.max(0, parseTime(data.end.at) - parseTime(data.start.at)) / 60_000)
}

function pick(from: Body, names: readonly string[]): Body {
  return Object.fromEntries(names.map((name) => [name, from[name] ?? null]))
}

function given(from: Body, names: readonly string[]): Body {
  return Object.fromEntries(names.filter((name) => name in from).map((name) => [name, from[name]]))
}

/** The member that an alias points to, or the member itself. */
export function root(member: string, look: Look): string {
  return String(look('member', member)?.aliasOf ?? member)
}

// Tickets

const ROUND = ['reserved', 'rating', 'words', 'doneAt', 'closedAt']

function open(draft: Draft, change: Pending, look: Look): void {
  if (draft.body !== null) return
  const { data, private: own = {} } = change
  draft.body = {}
  draft.set({
    ...{ id: change.entity, community: look('grid', data.grid)?.community ?? null },
    ...pick(data, ['grid', 'category', 'title', 'place', 'due']),
    ...{ priority: data.priority ?? 'NORMAL', seats: data.seats ?? 1, tags: [] },
    ...pick(own, ['detail', 'contact']),
    ...{ notes: [], state: 'OPEN', round: 1, takers: [] },
    ...pick({}, ROUND),
    ...{ openedAt: change.at, opener: change.by, dueAt: data.due ?? null, escalation: 0 },
    ...{ pause: null, pauses: [] },
  })
}

function edit(draft: Draft, change: Pending): void {
  if (draft.body === null) return
  const { data, private: own = {} } = change
  const { addTags, removeTags, ...fields } = data
  draft.set({ ...fields, ...given(own, ['detail', 'contact']) })
  elements(draft, 'tags', addTags, removeTags)
}

function elements(draft: Draft, name: string, added: string[] = [], removed: string[] = []): void {
  if (draft.body === null || (added.length === 0 && removed.length === 0)) return
  const left = (draft.body[name] as string[]).filter((one) => !removed.includes(one))
  draft.set({ [name]: [...new Set([...left, ...added])].sort() })
}

function note(draft: Draft, change: Pending): void {
  keepNote(draft, change, change.private?.text ?? null)
}

/** A note, or a step that is kept as one; once, even where the hub has said it already. */
function keepNote(draft: Draft, change: Pending, text: string | null = null): void {
  if (draft.body === null) return
  const { id, kind, at, by, data } = change
  if (draft.body.notes.some((one: Body) => one.id === id)) return
  draft.set({ notes: [...draft.body.notes, { id, kind, at, by, text, reason: data.reason ?? null }] })
}

/** Any step of the life cycle, by the table. */
function step(draft: Draft, change: Pending, look: Look): void {
  if (draft.body === null) return
  const row = STEPS.get(`${change.kind} ${draft.body.state}`)
  if (row === undefined) return
  const seen = change.saw >= draft.rev
  switch (seen ? row.seen : row.unseen) {
    case 'seat':
      return seat(draft, draft.body, change, row.to, seen, look)
    case 'give back':
      return giveBack(draft, draft.body, change, row.to, look)
    case 'note':
      return keepNote(draft, change)
    case 'apply':
      return apply(draft, draft.body, change, row.to)
  }
}

function seat(draft: Draft, body: Body, change: Pending, to: string, seen: boolean, look: Look): void {
  const member = change.data.member
  if (!holds(body, member, look)) {
    const taken = body.takers.length >= body.seats
    if (taken || (seen && isForOthers(body.reserved, member, look))) return
    draft.set({ takers: [...body.takers, { member, since: change.at, change: change.id }] })
  } else if (change.kind === 'ticket.claim') return
  if ((STATES[to] ?? 0) > (STATES[body.state] ?? 0)) draft.set({ state: to })
}

/** Whether a member, or who is the same person, has the ticket. */
export function holds(body: Body, member: string, look: Look): boolean {
  return body.takers.some((taker: Body) => root(taker.member, look) === root(member, look))
}

/** Whether a dispatch that the author had seen keeps the ticket for somebody else. */
export function isForOthers(reserved: Body | null, member: string, look: Look): boolean {
  const all = meant(reserved)
  // Who holds a post, the hub says.
  return all.length > 0 && !all.some((one) => 'post' in one || isFor(one, member, look))
}

/** Each of those for whom a dispatch keeps a ticket. */
export function meant(reserved: Body | null): Body[] {
  return reserved === null ? [] : (reserved.several ?? [reserved])
}

/** Whether a dispatch is to the member, or to their unit. */
function isFor(one: Body, member: string, look: Look): boolean {
  if ('unit' in one) return (look('member', root(member, look)) ?? {}).unit === one.unit
  return 'member' in one && root(one.member, look) === root(member, look)
}

/** A dispatch to these. */
function joined(all: Body[]): Body | null {
  return all.length > 1 ? { several: all } : (all[0] ?? null)
}

function giveBack(draft: Draft, body: Body, change: Pending, to: string, look: Look): void {
  const member = root(change.data.member, look)
  const left = body.takers.filter((taker: Body) => root(taker.member, look) !== member)
  const all = meant(body.reserved ?? null)
  if (left.length < body.takers.length) draft.set({ takers: left })
  else if (!all.some((one) => 'member' in one && root(one.member, look) === member)) return
  // Of several who were meant the others still are; how that is for a post, the hub says.
  const others = all.length > 1 ? all.filter((one) => !isFor(one, member, look)) : []
  if (all.length > 1) draft.set({ reserved: joined(others) })
  if (left.length > 0 || to !== 'OPEN') return
  if (others.length === 0) draft.set({ state: 'OPEN', reserved: null })
  else if (body.state !== 'DISPATCHED') draft.set({ state: 'DISPATCHED' })
}

function apply(draft: Draft, body: Body, change: Pending, to: string): void {
  switch (change.kind) {
    case 'ticket.finish':
      return draft.set({ state: to, doneAt: change.at })
    case 'ticket.close': {
      const said = { ...given(change.data, ['rating']), ...given(change.private ?? {}, ['words']) }
      return draft.set({ state: to, closedAt: change.at, ...said })
    }
    case 'ticket.cancel':
      draft.set({ state: to, closedAt: change.at })
      return keepNote(draft, change)
    case 'ticket.pause':
    case 'ticket.resume':
      return pause(draft, body, change)
    case 'ticket.reopen':
      draft.set({ state: to, round: body.round + 1, takers: [], ...pick({}, ROUND) })
      return keepNote(draft, change)
  }
}

/** What was done last holds; how far it moves the due time, the hub says. */
function pause(draft: Draft, body: Body, change: Pending): void {
  const { reason = null, until = null } = change.data
  const event = { change: change.id, kind: change.kind, at: change.at, by: change.by, reason, until }
  const events: Body[] = body.pauses ?? []
  if (events.some((kept) => kept.change === change.id)) return
  draft.set({ pauses: [...events, event], pause: change.kind === 'ticket.pause' ? event : null })
}

// Members

function register(draft: Draft, change: Pending, look: Look): void {
  if (draft.body !== null) return
  const { data } = change
  draft.body = {}
  draft.set({
    ...{ id: change.entity, community: look('unit', data.unit)?.community ?? null },
    ...pick(data, ['unit', 'number', 'name', 'grid']),
    ...{ standing: 'ACTIVE', skills: [], phone: change.private?.phone ?? null },
    ...{ aliasOf: null, points: 0, registeredAt: change.at },
  })
}

/** A unit or a number is only proposed: the field is marked, and shows what the hub said. */
function editMember(draft: Draft, change: Pending): void {
  if (draft.body === null) return
  const { data } = change
  draft.set({ ...given(data, ['name', 'standing']), ...given(change.private ?? {}, ['phone']) })
  for (const name of Object.keys(data)) if (PROPOSED.has(name)) draft.touched.add(name)
  elements(draft, 'skills', data.addSkills, data.removeSkills)
}

function assign(draft: Draft, change: Pending): void {
  draft.set({ grid: change.data.grid })
}

// Services

function record(draft: Draft, change: Pending, look: Look): void {
  if (draft.body !== null) return
  const { data, private: own = {} } = change
  const member = look('member', data.member) ?? {}
  const ticket = 'ticket' in data ? (look('ticket', data.ticket) ?? {}) : {}
  draft.body = {}
  draft.set({
    ...{ id: change.entity, community: ticket.community ?? member.community ?? null },
    ...{ grid: 'grid' in ticket ? ticket.grid : (member.grid ?? null), category: ticket.category ?? null },
    ...pick(data, ['member', 'ticket', 'activity']),
    ...{ start: data.start.at, end: data.end.at, onDuty: null, state: 'COUNTED' },
    ...pick(own, ['summary', 'place']),
    ...{ by: change.by, recordedAt: change.at, reason: null },
  })
}

function link(draft: Draft, change: Pending): void {
  if (draft.body?.ticket === null && draft.body.activity === null) draft.set({ ...change.data })
}

function voided(draft: Draft, change: Pending): void {
  draft.set({ state: 'VOID', reason: change.data.reason })
}

// Posts

/** A seat, while one is free: whether others took it before, only the hub knows. */
function takePost(draft: Draft, change: Pending, look: Look): void {
  const { body } = draft
  if (body === null) return
  const taken = sits(body, change.at, look)
  if (taken.length >= body.seats || isIn(taken, change.data.member, look)) return
  draft.set({ holders: [...body.holders, place(change, body.until)] })
}

function leavePost(draft: Draft, change: Pending, look: Look): void {
  const { body } = draft
  if (body === null) return
  const left = sits(body, change.at, look).filter((one) => isIn([one], change.data.member, look))
  if (left.length > 0) draft.set({ holders: without(body.holders, left, change.at) })
}

/** Who holds a seat: they have not left, and their term is not over by the community's local day. */
export function sits(body: Body, at: string, look: Look): Body[] {
  const offset = look('community', body.community)?.utcOffset ?? 0
  const day = formatTime(parseTime(at) + offset * 60_000).slice(0, 10)
  return current(body.holders).filter((one) => one.term === null || day <= one.term)
}

function current(seats: readonly Body[]): Body[] {
  return seats.filter((one) => one.until === null)
}

function isIn(seats: readonly Body[], member: string, look: Look): boolean {
  return seats.some((one) => root(one.member, look) === root(member, look))
}

function place(change: Pending, term: string | null): Body {
  return { member: change.data.member, since: change.at, until: null, term, change: change.id }
}

function without(seats: readonly Body[], left: readonly Body[], at: string): Body[] {
  const gone = new Set(left.map((one) => one.change))
  return seats.map((one) => (gone.has(one.change) ? { ...one, until: at } : one))
}

// Activities and teams

function openActivity(draft: Draft, change: Pending): void {
  if (draft.body !== null) return
  const { data } = change
  draft.body = {}
  draft.set({
    ...{ id: change.entity },
    ...pick(data, ['community', 'grid', 'team', 'title', 'category', 'place']),
    ...{ start: data.start, end: data.end, onDuty: null, members: [] },
    ...{ sameAs: null, openedAt: change.at, opener: change.by },
  })
}

function signIn(draft: Draft, change: Pending, look: Look): void {
  const { body } = draft
  if (body === null || isIn(body.members, change.data.member, look)) return
  const there = { member: change.data.member, since: change.at, change: change.id }
  draft.set({ members: [...body.members, there] })
}

function joinTeam(draft: Draft, change: Pending, look: Look): void {
  const { body } = draft
  if (body === null || isIn(current(body.members), change.data.member, look)) return
  draft.set({ members: [...body.members, place(change, null)] })
}

function leaveTeam(draft: Draft, change: Pending, look: Look): void {
  const { body } = draft
  if (body === null) return
  const left = current(body.members).filter((one) => isIn([one], change.data.member, look))
  if (left.length > 0) draft.set({ members: without(body.members, left, change.at) })
}

// Evaluations

/** The last word is shown; after the closing nothing changes here, and a person decides. */
function evaluate(draft: Draft, change: Pending, look: Look): void {
  const { community, member, period, grade } = change.data
  if (draft.body === null) {
    const grid = look('member', member)?.grid ?? null
    draft.body = {}
    draft.set({ id: change.entity, community, member, grid, period, closedAt: null })
  } else if (draft.body.closedAt !== null) return
  draft.set({
    grade,
    words: change.private?.words ?? null,
    state: 'OPEN',
    by: change.by,
    decidedAt: change.at,
  })
}

// The four ones

/** A duty is shown as done; whether another tablet did it before, only the hub knows. */
function recordDuty(draft: Draft, change: Pending, look: Look): void {
  if (draft.body !== null) return
  const { unit, community, kind } = change.data
  const offset = look('community', community)?.utcOffset ?? 0
  const on = change.data.on ?? formatTime(parseTime(change.at) + offset * 60_000).slice(0, 10)
  draft.body = {}
  draft.set({
    id: change.entity,
    community,
    unit,
    kind,
    period: periodOf(kind, on).code,
    on,
    topic: change.data.topic ?? null,
    state: 'COUNTED',
    by: change.by,
    recordedAt: change.at,
    reason: null,
  })
}

// Whistles

function blow(draft: Draft, change: Pending, look: Look): void {
  if (draft.body !== null) return
  const { data } = change
  const ticket = look('ticket', data.ticket) ?? {}
  draft.body = {}
  draft.set({
    ...{ id: change.entity, community: ticket.community ?? null, round: ticket.round ?? 1 },
    ...pick(data, ['ticket', 'lead', 'deadline']),
    ...{ state: 'CALLED', whistle: null, meetings: [] },
    ...{ calls: [...new Set<string>([data.lead, ...data.departments])].map(called) },
    ...{ blownAt: change.at, blower: change.by },
  })
}

function called(unit: string): Body {
  const silent = { answer: null, part: null, at: null, by: null, answered: null }
  return { unit, ...silent, late: false, overdue: false }
}

/** What a called unit says; whether it was in time, and how the whistle stands, is the hub's to say. */
function answer(draft: Draft, change: Pending): void {
  const { data } = change
  const unit = data.department ?? null
  const calls: Body[] = draft.body?.calls ?? []
  if (!calls.some((call) => call.unit === unit)) return
  const said = { answer: data.answer, part: data.part ?? null, at: change.at, by: change.by }
  draft.set({
    calls: calls.map((call) =>
      call.unit === unit ? { ...call, ...said, answered: call.answered ?? change.at } : call,
    ),
  })
}

/** Of one that joined another, the hub says where the record is. */
function meet(draft: Draft, change: Pending): void {
  const { body } = draft
  if (body === null || body.whistle !== null) return
  if (body.meetings.some((one: Body) => one.id === change.id)) return
  const { met, present, record: agreed } = change.data
  const meeting = { id: change.id, met, present: [...new Set<string>(present)], record: agreed }
  draft.set({ meetings: [...body.meetings, { ...meeting, at: change.at, by: change.by }] })
}

// Points

/** What is proposed counts for nothing: it stands beside the points, and is no part of them. */
function adjust(draft: Draft, change: Pending, look: Look): void {
  if (draft.body !== null) return
  const { member, points, reason } = change.data
  const person = look('member', member) ?? {}
  draft.body = {}
  draft.set({
    ...{ id: change.entity, community: person.community ?? null, grid: person.grid ?? null },
    ...{ member, points, reason, state: 'PROPOSED', by: change.by, at: change.at },
    ...{ decidedAt: null, decider: null, why: null },
  })
}

function withdraw(draft: Draft, change: Pending): void {
  if (draft.body?.state !== 'PROPOSED') return
  const why: string = change.data.reason
  draft.set({ state: 'WITHDRAWN', decidedAt: change.at, decider: change.by, why })
}

const STEP_KINDS = new Set([...STEPS.keys()].map((key) => key.split(' ')[0] ?? ''))

const EFFECTS: Record<string, [thing: string, effect: Effect]> = {
  'ticket.open': ['ticket', open],
  'ticket.edit': ['ticket', edit],
  'ticket.note': ['ticket', note],
  ...Object.fromEntries([...STEP_KINDS].map((kind) => [kind, ['ticket', step] as [string, Effect]])),
  'member.register': ['member', register],
  'member.edit': ['member', editMember],
  'member.assign': ['member', assign],
  'service.record': ['service', record],
  'service.link': ['service', link],
  'service.void': ['service', voided],
  'post.take': ['post', takePost],
  'post.leave': ['post', leavePost],
  'activity.open': ['activity', openActivity],
  'activity.join': ['activity', signIn],
  'team.join': ['team', joinTeam],
  'team.leave': ['team', leaveTeam],
  'duty.record': ['duty', recordDuty],
  'duty.void': ['duty', voided],
  'evaluation.submit': ['evaluation', evaluate],
  'points.adjust': ['adjustment', adjust],
  'points.withdraw': ['adjustment', withdraw],
  'whistle.blow': ['whistle', blow],
  'whistle.answer': ['whistle', answer],
  'whistle.meet': ['whistle', meet],
}
