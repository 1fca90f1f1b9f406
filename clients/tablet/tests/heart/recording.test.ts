// Recorded is kept: durably, unaltered, or not at all and with a reason.

import { expect, test, vi } from 'vitest'

import { digest } from '../../src/protocol/canonical'
import { check } from '../../src/protocol/change'
import { NotKept, NotRecorded } from '../../src/protocol/failures'
import { Store } from '../../src/store/store'
import { Carried, MINUTE } from './kit'

const GRID = '01936a00-0000-7000-8000-0000000000e1'
const TICKET = { grid: GRID, category: 'tyre', title: '来客换胎' }

test('a change is kept as it will be sent, and found again after the power went', async () => {
  const carried = new Carried()
  const tablet = await carried.on()
  const recorded = await tablet.record('ticket.open', TICKET, {
    private: { contact: { telephone: '5550100' } },
  })
  const before = await tablet.pending()
  const again = await carried.on()
  expect(await again.pending()).toEqual(before)
  expect(digest((await again.pending())[0]!)).toBe(digest(before[0]!))
  expect(await carried.verdict(recorded.id)).toMatchObject({ outcome: 'SAVED', seq: 1 })
})

test('every transaction asks for strict durability', async () => {
  const asked = vi.spyOn(IDBDatabase.prototype, 'transaction')
  const carried = new Carried()
  await (await carried.on()).record('ticket.open', TICKET)
  const writing = asked.mock.calls.filter(([, mode]) => mode === 'readwrite')
  asked.mockRestore()
  expect(writing.length).toBeGreaterThan(1)
  expect(writing.every(([, , options]) => options?.durability === 'strict')).toBe(true)
})

test.each([
  ['a title that is too long', { ...TICKET, title: 'x'.repeat(121) }, '$.data.title'],
  ['an unknown key', { ...TICKET, resident: 'x' }, '$.data.resident'],
  ['a day that does not exist', { ...TICKET, due: '2026-02-30T00:00:00.000Z' }, '$.data.due'],
  ['half a person', { ...TICKET, seats: 1.5 }, '$'],
  ['half a character', { ...TICKET, title: '\ud800' }, '$'],
])('%s is refused by code and path, and nothing is kept', async (_, data, path) => {
  const carried = new Carried()
  const tablet = await carried.on()
  const failure = await tablet.record('ticket.open', data as never).catch((error: unknown) => error)
  expect(failure).toBeInstanceOf(NotRecorded)
  expect((failure as NotRecorded).path).toContain(path)
  expect((failure as NotRecorded).message).not.toContain('xxx')
  expect(await tablet.verdicts()).toEqual([])
})

test('a length counts characters as people do, not halves of them', () => {
  const raw = (title: string) => ({
    ...{
      id: GRID,
      at: '2026-11-23T01:02:03.456Z',
      run: 1,
      saw: 0,
      kind: 'ticket.open',
      entity: GRID,
      by: null,
    },
    data: { ...TICKET, title },
  })
  expect(() => check(raw('𠮷'.repeat(120)))).not.toThrow()
  expect(() => check(raw('𠮷'.repeat(121)))).toThrow(NotRecorded)
})

test("what only a desk may do is not a tablet's to record", async () => {
  const tablet = await new Carried().on()
  await expect(
    tablet.record('ticket.release', { member: GRID, reason: 'x' }, { entity: GRID }),
  ).rejects.toMatchObject({ code: 'FORBIDDEN' })
})

test('a note says nothing without its text', async () => {
  const tablet = await new Carried().on()
  await expect(tablet.record('ticket.note', {}, { entity: GRID })).rejects.toMatchObject({
    path: '$.private',
  })
})

test('several changes of one act are kept together or not at all', async () => {
  const carried = new Carried()
  const tablet = await carried.on()
  const lines = [
    { kind: 'ticket.open' as const, data: TICKET },
    { kind: 'ticket.open' as const, data: { ...TICKET, title: '' } },
  ]
  await expect(tablet.recordAll(lines)).rejects.toBeInstanceOf(NotRecorded)
  expect(await tablet.verdicts()).toEqual([])
})

test('two tabs that record at once give every change a seq of its own, without a gap', async () => {
  const carried = new Carried()
  const one = await carried.on()
  const other = await carried.open(new Store(carried.name))
  await Promise.all(Array.from({ length: 20 }, (_, i) => (i % 2 ? one : other).record('ticket.open', TICKET)))
  const seqs = (await one.verdicts()).map((line) => line.seq)
  expect(seqs).toEqual(Array.from({ length: 20 }, (_, i) => i + 1))
  expect(new Set((await other.verdicts()).map((line) => line.run)).size).toBe(2)
})

test('a full disk keeps nothing of the step, says so, and loses nothing of before', async () => {
  const carried = new Carried()
  const tablet = await carried.on()
  await tablet.record('ticket.open', TICKET)
  const add = vi.spyOn(IDBObjectStore.prototype, 'add').mockImplementation(() => {
    throw new DOMException('full', 'QuotaExceededError')
  })
  await expect(tablet.record('ticket.open', TICKET)).rejects.toBeInstanceOf(NotKept)
  add.mockRestore()
  expect((await tablet.verdicts()).map((line) => line.seq)).toEqual([1])
  await tablet.record('ticket.open', TICKET)
  expect((await tablet.verdicts()).map((line) => line.seq)).toEqual([1, 2])
})

test('killed before the commit nothing is there; killed after it everything is', async () => {
  for (const [step, left] of [
    ['record.begin', 0],
    ['record.commit', 0],
    ['record.done', 1],
  ] as const) {
    const carried = new Carried()
    const tablet = await carried.on((told) => {
      if (told === step) throw new Error('the power went')
    })
    await expect(tablet.record('ticket.open', TICKET)).rejects.toThrow('the power went')
    expect((await (await carried.on()).verdicts()).length, step).toBe(left)
  }
})

test('a service keeps its raw readings; a typed time takes the run of its record', async () => {
  const tablet = await new Carried().on()
  const start = await tablet.moment()
  await tablet.record('service.record', { member: GRID, start, end: Date.now() + MINUTE })
  const [raw] = await tablet.pending()
  expect(raw?.data).toMatchObject({ start, end: { run: start.run } })
})

test('what is read anew after a change is that change, however many are unsent; with it all is as if read whole', async () => {
  const carried = new Carried()
  const tablet = await carried.on()
  const line = { kind: 'ticket.open', data: TICKET } as const
  await tablet.recordAll(Array.from({ length: 200 }, () => line))
  const before = await tablet.standing()
  expect(before.pending).toHaveLength(200)
  await tablet.record('ticket.open', { ...TICKET, title: '最后一张' })

  const asked = [
    vi.spyOn(IDBObjectStore.prototype, 'getAll'),
    vi.spyOn(IDBIndex.prototype, 'getAll'),
    vi.spyOn(IDBObjectStore.prototype, 'get'),
    vi.spyOn(IDBIndex.prototype, 'openCursor'),
    vi.spyOn(IDBObjectStore.prototype, 'openCursor'),
  ]
  const parse = vi.spyOn(JSON, 'parse')
  const after = await tablet.standing(before)
  const [questions, read] = [
    asked.reduce((sum, one) => sum + one.mock.calls.length, 0),
    parse.mock.calls.length,
  ]
  for (const one of [...asked, parse]) one.mockRestore()
  expect(questions).toBeLessThan(40)
  expect(read).toBe(2)
  expect(after).toEqual(await tablet.standing())
  expect(await tablet.pending()).toEqual(after.pending)
  expect(await tablet.verdicts()).toEqual(after.verdicts)
})
