// Photos and spoken notes with a real hub: sent after the changes, gone on with where they were cut off, none
// of them in the way of another.

import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'

import { Unreachable } from '../../src/protocol/failures'
import type { Transport } from '../../src/protocol/operations'
import type { Made } from '../../src/sync/attachments'
import { Led } from '../led'
import { carry, transportTo, type Carried } from './kit'

let led: Led
let grid: string

beforeAll(async () => {
  led = await Led.start()
  grid = (await led.ids(['grid', 'LY-1']))[0]!
})

afterAll(() => led.close())

const JPEG = [0xff, 0xd8, 0xff]

function photo(size: number, seed: number, first = JPEG): Made {
  const data = new Uint8Array(size).map((_, index) => (index * 31 + seed) % 251)
  data.set(first)
  return { type: 'image/jpeg', data, thumbnail: 'data:image/jpeg;base64,' }
}

/** A tablet whose files go straight to the hub, by a way that may fail. */
async function direct(put: (way: Transport['put']) => Transport['put'] = (way) => way): Promise<Carried> {
  const carried = await carry(led)
  const [road, hub] = [carried.transport, transportTo(led.url)]
  carried.transport = {
    call: (...asked) => road.call(...asked),
    put: put((...piece) => hub.put(...piece)),
  }
  await carried.on()
  return carried
}

const ticket = () => ({ grid, category: 'parking', title: '门口停车难' })

test('a photo of a ticket that is opened offline goes after its change, in pieces, and once', async () => {
  const starts: number[] = []
  const carried = await direct((put) => (piece, token) => {
    starts.push(piece.data.length === 0 ? -1 : piece.start)
    return put(piece, token)
  })
  const { tablet } = carried
  const { entity } = await tablet.record('ticket.open', ticket())
  await tablet.attach(entity, photo(600_000, 1))
  await tablet.attach(entity, photo(600_000, 1))
  expect(await tablet.status()).toMatchObject({ unsent: 1, unsentFiles: 1 })
  expect(await tablet.sync()).toMatchObject({ state: 'SYNCED', sent: 1 })
  expect(starts).toEqual([-1, 0, 256_000, 512_000])
  expect((await tablet.attachments.of(entity)).map((one) => one.state)).toEqual(['SENT'])
  await led.settle()
  await tablet.sync()
  expect(starts).toHaveLength(4)
  const there = await led.ask<[string, number][]>('attachments')
  expect(there.filter(([about]) => about === entity)).toEqual([[entity, 600_000]])
})

test('a way that breaks in the middle costs no byte twice, and nothing is called sent', async () => {
  let left = 2
  const starts: number[] = []
  const carried = await direct((put) => (piece, token) => {
    if (piece.data.length > 0 && left-- === 0) return Promise.reject(new Unreachable('broken'))
    if (piece.data.length > 0) starts.push(piece.start)
    return put(piece, token)
  })
  const { entity } = await carried.tablet.record('ticket.open', ticket())
  await carried.tablet.attach(entity, photo(700_000, 2))
  expect((await carried.tablet.sync()).state).toBe('SYNCED')
  expect(await carried.tablet.status()).toMatchObject({ unsent: 0, unsentFiles: 1 })
  const again = await carried.on()
  await again.sync()
  expect((await again.status()).unsentFiles).toBe(0)
  expect(starts).toEqual([0, 256_000, 512_000])
})

test('one that the hub does not take is told of and blocks neither the next nor a change', async () => {
  const { tablet } = await direct()
  const { entity } = await tablet.record('ticket.open', ticket())
  const bad = await tablet.attach(entity, photo(1_000, 3, [1, 2, 3]))
  await tablet.attach(entity, photo(1_000, 4))
  expect(await tablet.sync()).toMatchObject({ state: 'SYNCED', sent: 1 })
  const files = await tablet.attachments.of(entity)
  expect(new Map(files.map((one) => [one.sha256, one.code])).get(bad.sha256)).toBe('ATTACHMENT_KIND')
  expect(files.map((one) => one.state).sort()).toEqual(['REFUSED', 'SENT'])
})

test('a draft is not sent before its ticket is recorded; what is sent goes with a closed ticket', async () => {
  const { tablet } = await direct()
  const id = tablet.newId()
  await tablet.attach(id, photo(1_000, 5), true)
  await tablet.sync()
  expect((await tablet.attachments.of(id)).map((one) => one.state)).toEqual(['DRAFT'])
  // Whoever is killed here, before the files are let go, has them sent all the same.
  await tablet.record('ticket.open', ticket(), { entity: id })
  await tablet.sync()
  expect((await tablet.attachments.of(id)).map((one) => one.state)).toEqual(['SENT'])
  await tablet.record('ticket.cancel', { reason: '不用了' }, { entity: id })
  await tablet.sync()
  await led.settle()
  await tablet.sync()
  await tablet.sync()
  expect(await tablet.attachments.of(id)).toEqual([])
})

test('photos go with a stick as well, once, and what became of each comes back', async () => {
  const { tablet } = await direct()
  const { entity } = await tablet.record('ticket.open', ticket())
  await tablet.attach(entity, photo(1_000, 6))
  const bad = await tablet.attach(entity, photo(1_000, 7, [1, 2, 3]))
  const path = join(led.folder, 'photos.lianxin')
  const { file, changes } = await tablet.export()
  expect(changes).toBe(1)
  writeFileSync(path, Buffer.from(await file.arrayBuffer()))
  await led.ask('carry_in', { file: path })
  const { answer } = await led.ask<{ answer: string }>('carry_in', { file: path })
  const there = await led.ask<[string, number][]>('attachments')
  expect(there.filter(([about]) => about === entity)).toEqual([[entity, 1_000]])
  await tablet.importAnswer(new Blob([new Uint8Array(readFileSync(answer))]))
  const files = await tablet.attachments.of(entity)
  expect(new Map(files.map((one) => [one.sha256, one.code])).get(bad.sha256)).toBe('ATTACHMENT_KIND')
  expect(files.map((one) => one.state).sort()).toEqual(['REFUSED', 'SENT'])
  expect(await tablet.sync()).toMatchObject({ state: 'SYNCED', sent: 0 })
})
