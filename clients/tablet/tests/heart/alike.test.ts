// What a form calls possibly the same: a session that is held already, as the hub would take two for one, and wider.

import { expect, test } from 'vitest'

import { sessionsAlike, type Session } from '../../src/app/alike'
import type { ActivityBody } from '../../src/protocol/types'

const HOUR = '2026-03-16T01:00:00.000Z'
const OPENING: Session = {
  ...{ community: 'c', grid: 'g', title: '清洁家园', start: HOUR, end: '2026-03-16T03:00:00.000Z' },
  ...{ team: '', category: '' },
}
const HELD = { ...OPENING, team: null, category: null, sameAs: null } as unknown as ActivityBody

function alike(held: Partial<ActivityBody>, opening: Partial<Session> = {}): boolean {
  const view = { id: 'a', body: { ...HELD, ...held } }
  return sessionsAlike({ ...OPENING, ...opening }, [view], 480).length === 1
}

const evening = { start: '2026-03-16T11:00:00.000Z', end: '2026-03-16T12:00:00.000Z' }

test.each<[string, boolean, Partial<ActivityBody>, Partial<Session>?]>([
  ['called the same', true, {}],
  ['called much the same, in the evening', true, { title: '周一清洁家园行动', ...evening }],
  ['called otherwise', false, { title: '广场义诊' }],
  ['of one team, called otherwise', true, { title: '巡河', team: 't' }, { team: 't' }],
  ['of another team, called the same', false, { team: 'other' }, { team: 't' }],
  ['of one kind at one time', true, { title: '巡河', category: 'env' }, { category: 'env' }],
  ['of one kind at another', false, { title: '巡河', category: 'env', ...evening }, { category: 'env' }],
  ['nothing typed yet', false, {}, { title: '' }],
  ['of the whole community', true, { grid: null }],
  ['of another grid', false, { grid: 'other' }],
  ['of another community', false, { community: 'other', grid: null }],
  ['of the day before, by the local clock', false, { start: '2026-03-15T15:59:00.000Z' }],
  [
    'of the same local day, though not of the same one in Greenwich',
    true,
    { start: '2026-03-15T16:00:00.000Z' },
  ],
  ['that is taken for another one', false, { sameAs: 'first' }],
])('a session %s: %s', (_, expected, held, opening) => {
  expect(alike(held, opening)).toBe(expected)
})

test('the likest come first, three at most', () => {
  const titles = ['清洁行动', '清洁家园', '周末清洁家园', '家园清洁', '义诊']
  const held = titles.map((title) => ({ id: title, body: { ...HELD, title } }))
  const found = sessionsAlike({ ...OPENING, title: '清洁家园' }, held, 480).map((one) => one.id)
  expect(found.slice(0, 2).sort()).toEqual(['周末清洁家园', '清洁家园'])
  expect(found).toHaveLength(3)
})
