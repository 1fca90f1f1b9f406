// A tablet in the field is opened by a newer app: what an older one kept is all there, and goes where it belongs.

import Dexie from 'dexie'
import { afterAll, beforeAll, expect, test } from 'vitest'

import { NotKept } from '../../src/protocol/failures'
import { Store } from '../../src/store/store'
import { Led } from '../led'
import { carry, type Carried, transportTo } from './kit'

let led: Led
let grid: string

beforeAll(async () => {
  led = await Led.start()
  grid = (await led.ids(['grid', 'LY-1']))[0]!
})

afterAll(() => led.close())

/** The tables of the third version, where a file lay in one with its bytes. */
const THIRD = {
  meta: 'key',
  runs: 'run, process',
  changes: '++position, &id, &seq, waits',
  documents: '[collection+id], collection, about',
  drafts: 'key',
  attachments: '[ticket+sha256], ticket, state',
  looked: '[ticket+sha256], ticket, usedMs',
}

const photo = (seed: number) =>
  new Uint8Array(2_000).map((_, at) => (at < 3 ? [0xff, 0xd8, 0xff][at]! : seed))

/** What is on the disk becomes what the app of the third version had: every file in one with its bytes. */
async function older({ store, name }: Carried): Promise<void> {
  const kept: Record<string, unknown[]> = {}
  for (const table of store.database.tables) kept[table.name] = await table.toArray()
  const files = (kept.attachments as { ticket: string; sha256: string }[]).map(async (one) => {
    const { data } = (await store.database.contents.get([one.ticket, one.sha256]))!
    return { ...one, data }
  })
  kept.attachments = await Promise.all(files)
  store.close()
  await Dexie.delete(name)
  const old = new Dexie(name)
  old.version(3).stores(THIRD)
  for (const table of Object.keys(THIRD)) await old.table(table).bulkAdd(kept[table]!)
  old.close()
}

/** A tablet of the third version with a change, a draft, two files that wait and one that was sent. */
async function aged(): Promise<{ carried: Carried; entity: string; draft: string }> {
  const carried = await carry(led)
  const { tablet } = carried
  const { entity } = await tablet.record('ticket.open', { grid, category: 'parking', title: '门口停车难' })
  const made = (seed: number) => ({ type: 'image/jpeg', data: photo(seed), thumbnail: `data:${seed}` })
  await tablet.attach(entity, made(1))
  await tablet.sync()
  const draft = tablet.newId()
  await tablet.attach(draft, made(2), true)
  const failing = await tablet.attach(entity, made(3))
  await tablet.attach(entity, made(4))
  await tablet.record('ticket.note', {}, { entity, private: { text: '还没上传' } })
  await carried.store.database.attachments.update([entity, failing.sha256], { failed: 'ANSWER', tries: 1 })
  await older(carried)
  return { carried, entity, draft }
}

/** The seeds of a ticket's files, as their bytes say them. */
async function seeds(carried: Carried, ticket: string): Promise<(number | undefined)[]> {
  const { attachments } = carried.tablet
  const files = await attachments.of(ticket)
  const found = await Promise.all(files.map((one) => attachments.content(one)))
  expect(found.every((data) => data?.length === 2_000)).toBe(true)
  return found.map((data) => data?.[3]).sort()
}

test('what an older app kept is counted, shown, moved and sent, and nothing is lost', async () => {
  const { carried, entity, draft } = await aged()
  const tablet = await carried.on()
  expect(await tablet.status()).toMatchObject({ unsent: 1, unsentFiles: 2, failingFiles: 1 })
  expect(await seeds(carried, entity)).toEqual([1, 3, 4])
  expect(await seeds(carried, draft)).toEqual([2])

  expect(await tablet.sync()).toMatchObject({ state: 'SYNCED', sent: 1 })
  expect(await tablet.status()).toMatchObject({ unsent: 0, unsentFiles: 0, failingFiles: 0 })
  const { attachments, contents } = carried.store.database
  expect((await attachments.toArray()).filter((one) => 'data' in one)).toEqual([])
  expect(await contents.count()).toBe(4)
  expect(await seeds(carried, entity)).toEqual([1, 3, 4])
  const there = await led.ask<[string, number][]>('attachments')
  expect(there.filter(([about]) => about === entity)).toHaveLength(3)
  expect((await tablet.attachments.of(draft)).map((one) => one.state)).toEqual(['DRAFT'])
})

test('where there is no room to move it, or somebody kills the app in the middle, it is all there and is sent', async () => {
  const { carried, entity, draft } = await aged()
  let moved = 0
  const full = await carried.on((step) => {
    if (step === 'moved.commit' && ++moved > 2) throw new NotKept('a full disk')
  })
  expect(await full.sync()).toMatchObject({ state: 'SYNCED' })
  expect(moved).toBe(3)
  const { attachments } = carried.store.database
  expect((await attachments.toArray()).filter((one) => 'data' in one)).toHaveLength(2)
  expect(await seeds(carried, entity)).toEqual([1, 3, 4])
  expect(await full.status()).toMatchObject({ unsentFiles: 0 })

  await (await carried.on()).sync()
  expect((await carried.store.database.attachments.toArray()).filter((one) => 'data' in one)).toEqual([])
  expect(await seeds(carried, entity)).toEqual([1, 3, 4])
  expect(await seeds(carried, draft)).toEqual([2])
})

test('what is removed, or forgotten with its draft, goes with its bytes, wherever they lie', async () => {
  const { carried, entity, draft } = await aged()
  carried.transport = transportTo('http://127.0.0.1:9/graphql')
  const { attachments } = await carried.on()
  const { contents } = carried.store.database
  const [first] = (await attachments.of(entity)).filter((one) => one.state === 'WAITS')
  const removed = await attachments.remove(entity, first!.sha256)
  expect(await attachments.content(first!)).toBeNull()
  await attachments.restore(removed!)
  expect(await seeds(carried, entity)).toEqual([1, 3, 4])
  await attachments.remove(entity, first!.sha256)
  await attachments.forgetDraft(draft)
  expect(await contents.count()).toBe(0)
  expect(await seeds(carried, draft)).toEqual([])
  expect(await seeds(carried, entity)).toHaveLength(2)
})

test('two tabs of one browser open it while it is brought up', async () => {
  const { carried, entity } = await aged()
  const stores = [new Store(carried.name), new Store(carried.name)]
  const [one, other] = await Promise.all(stores.map((store) => carried.open(store)))
  expect(await one!.attachments.of(entity)).toHaveLength(3)
  expect(await other!.attachments.of(entity)).toHaveLength(3)
  stores.forEach((store) => store.close())
})
