// The whole course of a ticket is one list in order of time, from what a tablet holds.

import { expect, test } from 'vitest'

import { course, type Known } from '../../src/sync/course'

const HOUR_MS = 3_600_000
const at = (hour: number, minute = 0) =>
  `2026-03-16T${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}:00.000Z`

const NOTHING: Known = {
  ticket: null,
  services: [],
  whistles: [],
  pending: [],
  verdicts: [],
  offsetMs: 0,
}

const TICKET = {
  ...{
    state: 'OPEN',
    openedAt: at(1),
    opener: 'm1',
    doneAt: null,
    closedAt: null,
    words: null,
    rating: null,
  },
  ...{ takers: [] as object[], pauses: [] as object[], notes: [] as object[] },
}

const brief = (known: Partial<Known>) =>
  course('t', { ...NOTHING, ...known }).map((one) => [one.kind, one.at.slice(11, 16), one.own])

test('whatever was done for a ticket is told in the order in which it was done', () => {
  const ticket = {
    ...{ ...TICKET, state: 'CLOSED', doneAt: at(8), closedAt: at(9), words: '很好', rating: 5 },
    takers: [{ change: 'c1', member: 'm2', since: at(2) }],
    pauses: [{ change: 'p1', kind: 'ticket.pause', at: at(4), by: 'm2', reason: '等材料', until: null }],
    notes: [{ id: 'n1', kind: 'ticket.note', at: at(3), by: 'm2', text: '去看过', reason: null }],
  }
  const service = { ticket: 't', member: 'm2', start: at(6), summary: '修好了', state: 'COUNTED' }
  const whistle = {
    ...{ ticket: 't', lead: 'u1', blownAt: at(4, 30), blower: 'm1' },
    calls: [
      { unit: 'u1', answer: 'COMING', at: at(5), answered: at(5), part: '断电' },
      { unit: 'u2', answer: null, at: null, answered: null, part: null },
    ],
    meetings: [{ id: 'w1', met: at(5, 30), record: '周六办' }],
  }
  const lines = course('t', {
    ...{ ...NOTHING, ticket },
    services: [
      { id: 's', body: service, provisional: [] },
      { id: 'other', body: { ...service, ticket: 'another' }, provisional: [] },
    ],
    whistles: [{ id: 'w', body: whistle, provisional: [] }],
    verdicts: [
      { id: 'x', kind: 'ticket.start', entity: 't', at: at(2, 30), outcome: 'APPLIED' },
      { id: 'y', kind: 'ticket.start', entity: 't', at: at(2, 40), outcome: 'REJECTED' },
    ],
  })
  expect(lines.map((one) => one.kind)).toEqual([
    ...['ticket.open', 'ticket.claim', 'ticket.start', 'ticket.note', 'ticket.pause', 'whistle.blow'],
    ...['whistle.answer', 'whistle.meet', 'service.record', 'ticket.finish', 'ticket.close'],
  ])
  expect(lines.at(-1)).toMatchObject({ text: '很好', rating: 5 })
  expect(lines.find((one) => one.kind === 'service.record')).toMatchObject({ member: 'm2', text: '修好了' })
  expect(new Set(lines.map((one) => one.id)).size).toBe(lines.length)
  expect(lines.some((one) => one.own)).toBe(false)
})

test('by a wrong clock only what was read off that clock is shifted', () => {
  // Its clock is two hours slow: what was done here at 2 by it was done at 4.
  const ticket = {
    ...TICKET,
    takers: [{ change: 'c1', member: 'm2', since: at(2) }],
    notes: [{ id: 'n1', kind: 'ticket.note', at: at(3), by: 'm2', text: '去看过', reason: null }],
  }
  const change = (id: string, kind: string, hour: number, data: object = {}) => ({
    ...{ id, kind, entity: 't', at: at(hour), by: 'm3', data },
  })
  const pending = [
    change('n2', 'ticket.note', 2),
    change('s1', 'ticket.start', 3, { member: 'm2' }),
    { ...change('v', 'service.record', 5), entity: 's' },
  ]
  const service = { ticket: 't', member: 'm3', start: at(4), summary: null, state: 'COUNTED' }
  const services = [{ id: 's', body: service, provisional: ['start'] }]
  expect(brief({ ticket, pending, services, offsetMs: 2 * HOUR_MS })).toEqual([
    ['ticket.open', '01:00', false],
    ['ticket.claim', '02:00', false],
    ['ticket.note', '03:00', false],
    ['ticket.note', '04:00', true],
    ['ticket.start', '05:00', true],
    ['service.record', '06:00', true],
  ])
})

test('what the hub has said already is not told twice, and a ticket that is only here has its course', () => {
  const note = {
    id: 'n1',
    kind: 'ticket.note',
    entity: 't',
    at: at(2),
    by: 'm2',
    data: {},
    private: { text: '一' },
  }
  const ticket = { ...TICKET, notes: [{ ...note, text: '一', reason: null }] }
  expect(brief({ ticket, pending: [note], offsetMs: HOUR_MS })).toEqual([
    ['ticket.open', '01:00', false],
    ['ticket.note', '02:00', false],
  ])
  const open = { id: 'o', kind: 'ticket.open', entity: 't', at: at(1), by: 'm1', data: { title: '新的' } }
  const close = {
    ...note,
    id: 'c',
    kind: 'ticket.close',
    at: at(3),
    data: { rating: 4 },
    private: { words: '好' },
  }
  const lines = course('t', { ...NOTHING, pending: [open, note, close] })
  expect(lines.map((one) => one.text)).toEqual([null, '一', '好'])
  expect(lines.at(-1)).toMatchObject({ rating: 4, member: 'm2', own: true })
})

test('a ticket that was cancelled is told so once, with the reason', () => {
  const notes = [{ id: 'n', kind: 'ticket.cancel', at: at(2), by: 'm1', text: null, reason: '不用了' }]
  const ticket = { ...TICKET, state: 'CANCELLED', closedAt: at(2), notes }
  const told = course('t', { ...NOTHING, ticket })
  expect(told.map((one) => [one.kind, one.text])).toEqual([
    ['ticket.open', null],
    ['ticket.cancel', '不用了'],
  ])
})
