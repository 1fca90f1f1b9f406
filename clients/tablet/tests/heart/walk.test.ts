// The order of a day: what is late stands apart, and one walks from house 2 to house 10.

import { describe, expect, test } from 'vitest'

import { dueOf, groupOf, walked, type Day } from '../../src/app/walk'
import type { TicketBody } from '../../src/protocol/types'

const day: Day = {
  now: '2026-03-16T08:00:00.000Z',
  isToday: (time) => time.startsWith('2026-03-16'),
  scope: new Set(['grid 2', 'grid 10']),
  isMine: (body) => body.takers.length > 0,
}
const YESTERDAY = '2026-03-15T09:00:00.000Z'
const EARLIER = '2026-03-16T07:00:00.000Z'
const LATER = '2026-03-16T09:00:00.000Z'
const TOMORROW = '2026-03-17T09:00:00.000Z'
const takers = [{ member: '009' }] as unknown as TicketBody['takers']
const pause = { reason: '等配件', until: null } as unknown as TicketBody['pause']

function ticket(more: Partial<TicketBody> = {}): TicketBody {
  const plain = { grid: 'grid 2', place: null, state: 'OPEN', priority: 'NORMAL', dueAt: null, pause: null }
  return { ...plain, takers: [], doneAt: null, openedAt: EARLIER, ...more } as unknown as TicketBody
}

describe('under which heading', () => {
  test.each([
    ['yesterday is late', { dueAt: YESTERDAY }, 'late'],
    ['an hour ago is late, whoever has it', { dueAt: EARLIER, state: 'ACCEPTED', takers }, 'late'],
    ['in an hour is due', { dueAt: LATER }, 'due'],
    ['tomorrow is not due yet', { dueAt: TOMORROW }, 'open'],
    ['what pauses is not late', { dueAt: YESTERDAY, pause }, 'open'],
    ['what I took', { state: 'ACCEPTED', takers }, 'mine'],
    ['what is with others', { state: 'IN_PROGRESS' }, 'going'],
    ['what was dispatched waits to be taken', { state: 'DISPATCHED' }, 'open'],
    ['done today, and never late', { state: 'DONE', doneAt: EARLIER, dueAt: YESTERDAY }, 'done'],
    ['done yesterday is over', { state: 'CLOSED', doneAt: YESTERDAY }, null],
    ['cancelled is over', { state: 'CANCELLED', doneAt: EARLIER }, null],
    ['of another grid', { grid: 'grid 3', dueAt: YESTERDAY }, null],
  ] as [string, Partial<TicketBody>, string | null][])('%s', (_, more, group) => {
    expect(groupOf(ticket(more), day)).toBe(group)
  })

  test.each(['DONE', 'CLOSED', 'CANCELLED'])('what is %s runs against no time', (state) => {
    expect(dueOf(ticket({ dueAt: YESTERDAY, state: state as TicketBody['state'] }))).toBeNull()
    expect(dueOf(ticket({ dueAt: YESTERDAY }))).toBe(YESTERDAY)
  })
})

describe('the order of the walk', () => {
  const order = (...bodies: Partial<TicketBody>[]) =>
    walked(
      bodies.map((more, index) => ({ index, body: ticket(more) })),
      (grid) => grid.replace('grid ', 'LY-'),
    ).map((one) => one.index)

  test('house 2 comes before house 10, and who has no place comes last', () => {
    expect(order({ place: '10号楼' }, {}, { place: '2号楼' }, { place: '2号楼3单元' })).toEqual([2, 3, 0, 1])
  })

  test('grid LY-2 comes before grid LY-10, whatever the places', () => {
    expect(order({ grid: 'grid 10', place: '1号楼' }, { place: '9号楼' })).toEqual([1, 0])
  })

  test('at one door what is urgent comes first, then what is due soon, then what waits longest', () => {
    const place = '2号楼'
    expect(
      order(
        { place, priority: 'LOW', dueAt: EARLIER },
        { place, openedAt: LATER },
        { place, dueAt: TOMORROW },
        { place, dueAt: LATER },
        { place, priority: 'URGENT' },
        { place, priority: 'HIGH' },
        { place, openedAt: YESTERDAY },
      ),
    ).toEqual([4, 5, 3, 2, 6, 1, 0])
  })
})
