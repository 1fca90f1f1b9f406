// What somebody was typing when the app was updated, under the names that it had then.

import { expect, test } from 'vitest'

import { takeOver } from '../../src/app/old'
import { Carried } from './kit'

async function drafts(carried: Carried, before: Record<string, unknown>): Promise<Record<string, unknown>> {
  await carried.on()
  const table = carried.store.database.drafts
  await table.bulkPut(Object.entries(before).map(([key, value]) => ({ key, value })))
  await takeOver(carried.store)
  return Object.fromEntries((await table.toArray()).map(({ key, value }) => [key, value]))
}

const times = { from: '2026-03-16T08:00', until: '2026-03-16T09:00', summary: '修了门' }

test('a note, and a service typed later, are found by the forms of today', async () => {
  const before = {
    'note one': '住户不在家',
    'service later': { members: ['m'], about: 'activity a', ...times },
    'service running': { start: { at: '2026-03-16T08:00:00.000Z', run: 1 }, members: ['m'], summary: '' },
    new: { title: '写到一半' },
  }
  expect(await drafts(new Carried(), before)).toEqual({
    ...{ new: before.new, 'service running': before['service running'] },
    'ticket one': { note: '住户不在家' },
    service: { members: ['m'], about: 'activity a', later: true, ...times },
  })
})

test('a service of the first app named its ticket, or none', async () => {
  const first = (ticket: string) => ({ 'service later': { members: ['m'], ticket, ...times } })
  const service = { members: ['m'], later: true, ...times }
  expect(await drafts(new Carried(), first('t'))).toEqual({ service: { ...service, about: 'ticket t' } })
  expect(await drafts(new Carried(), first(''))).toEqual({ service: { ...service, about: '' } })
})

test('what is being typed under the name of today stays, and the older waits until that is done', async () => {
  const before = {
    'note one': '旧的',
    'ticket one': { note: '新的', rating: 0, id: 'x' },
    'note two': '只有旧的',
    'ticket two': { note: '', cancel: '搬走了', id: 'y' },
  }
  expect(await drafts(new Carried(), before)).toEqual({
    'note one': '旧的',
    'ticket one': before['ticket one'],
    'ticket two': { note: '只有旧的', cancel: '搬走了', id: 'y' },
  })
})
