// What is typed when a page goes: left where the next page finds it, and in the database where that store fails.

import { afterEach, expect, test, vi } from 'vitest'

import { Drafts } from '../../src/app/drafts.svelte'
import { Carried } from './kit'

afterEach(() => vi.unstubAllGlobals())

/** The browser's store, which Node has not; `broken` names what throws, as in a browser that forbids it or is full. */
function storage(broken: readonly string[] = []): Map<string, string> {
  const kept = new Map<string, string>()
  const may = (what: string) => {
    if (broken.includes(what)) throw new DOMException('not here', 'QuotaExceededError')
  }
  vi.stubGlobal('localStorage', {
    getItem: (key: string) => (may('get'), kept.get(key) ?? null),
    setItem: (key: string, value: string) => (may('set'), void kept.set(key, value)),
    removeItem: (key: string) => (may('remove'), void kept.delete(key)),
  })
  return kept
}

async function opened(): Promise<{ carried: Carried; drafts: Drafts }> {
  const carried = new Carried()
  await carried.on()
  await carried.store.step('enrol', () => carried.store.put({ device: 'a tablet' }))
  return { carried, drafts: await Drafts.open(carried.store) }
}

const inDatabase = (carried: Carried) => carried.store.database.drafts.get('new')

test('what a page had no time to keep is taken up by the next one, and left no longer', async () => {
  const kept = storage()
  const { carried, drafts } = await opened()
  drafts.later('new', { text: '写到一半' })
  drafts.flush()
  expect(kept.size).toBe(1)
  await vi.waitUntil(() => kept.size === 0)
  expect((await inDatabase(carried))?.value).toEqual({ text: '写到一半' })

  kept.set('drafts left', JSON.stringify([['new', { text: '来不及' }]]))
  const next = await Drafts.open(carried.store)
  expect(await next.get('new')).toEqual({ text: '来不及' })
  expect(kept.size).toBe(0)
})

test.each([[['get', 'set', 'remove']], [['set']], [['get']], [['remove']]])(
  'where the store of the browser throws at %s, what is typed is in the database all the same',
  async (broken) => {
    storage(broken)
    const { carried, drafts } = await opened()
    drafts.later('new', { text: '写到一半' })
    expect(() => drafts.flush()).not.toThrow()
    await vi.waitUntil(async () => (await inDatabase(carried)) !== undefined)
    expect(drafts.failed).toBe(false)
    const next = await Drafts.open(carried.store)
    expect(await next.get('new')).toEqual({ text: '写到一半' })
    await next.drop('new')
    expect(await inDatabase(carried)).toBeUndefined()
  },
)

test('what is left and cannot be read is nothing, and the app opens', async () => {
  const kept = storage()
  kept.set('drafts left', '[["new", {"te')
  const { drafts } = await opened()
  expect(await drafts.get('new')).toBeUndefined()
})
