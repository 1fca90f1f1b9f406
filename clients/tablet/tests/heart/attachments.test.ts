// Photos and spoken notes with a real hub: sent after the changes, gone on with where they were cut off, none
// of them in the way of another.

import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'

import { Unanswered, Unreachable } from '../../src/protocol/failures'
import type { Transport } from '../../src/protocol/operations'
import { HttpTransport, PATIENCE } from '../../src/protocol/http'
import type { Made } from '../../src/sync/attachments'
import { Looking } from '../../src/sync/looking'
import { Led } from '../led'
import { carry, Carried, HOUR, NO_NETWORK, transportTo } from './kit'

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
    list: (...asked) => hub.list(...asked),
    get: (...asked) => hub.get(...asked),
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
  // What it broke at is halved, and what went through doubled.
  expect(starts).toEqual([0, 256_000, 512_000, 640_000])
})

test('after a break pieces are half as large, down to a floor, also when the app is opened anew, and grow again', async () => {
  let breaks = true
  const lengths: number[] = []
  const carried = await direct((put) => (piece, token) => {
    if (piece.data.length === 0) return put(piece, token)
    if (breaks) return Promise.reject(new Unreachable('TimeoutError'))
    lengths.push(piece.data.length)
    return put(piece, token)
  })
  const { entity } = await carried.tablet.record('ticket.open', ticket())
  await carried.tablet.attach(entity, photo(300_000, 51))
  for (let times = 0; times < 6; times++) await carried.tablet.sync()
  breaks = false
  await (await carried.on()).sync()
  expect(lengths).toEqual([16_000, 32_000, 64_000, 128_000, 60_000])
  await carried.tablet.attach(entity, photo(300_000, 52))
  await carried.tablet.sync()
  expect(lengths.slice(5)).toEqual([256_000, 44_000])
  expect(await carried.tablet.status()).toMatchObject({ unsentFiles: 0 })
})

test('a revoked tablet says how many files it lost unsent, until it is enrolled anew', async () => {
  const { tablet, ...carried } = await direct()
  const { entity } = await tablet.record('ticket.open', ticket())
  await tablet.attach(entity, photo(1_000, 53))
  await tablet.sync()
  await tablet.attach(entity, photo(1_000, 54))
  await tablet.attach(tablet.newId(), photo(1_000, 55), true)
  await led.ask('revoke', { device: (await tablet.status()).device })
  expect((await tablet.sync()).state).toBe('REVOKED')
  expect(await tablet.status()).toMatchObject({ revoked: true, lostFiles: 2 })
  expect(await carried.store.database.contents.count()).toBe(0)
  await tablet.enrol(await led.code('LY-1'), '平板')
  expect(await tablet.status()).toMatchObject({ revoked: false, lostFiles: 0 })
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
  expect(await tablet.status()).toMatchObject({ unsentFiles: 0, refusedFiles: 1 })
})

test.each(['bad_gateway', 'gateway_after_the_deed', 'portal', 'busy'])(
  'one that meets %s keeps no other waiting, is counted with why, and goes last the next time',
  async (fault) => {
    const carried = await carry(led)
    const road = carried.transport
    const asked: string[] = []
    carried.transport = {
      ...{ call: (...one) => road.call(...one), list: async () => null, get: async () => null },
      put: (piece, token) => {
        if (piece.data.length === 0) asked.push(piece.sha256)
        return road.put(piece, token)
      },
    }
    const tablet = await carried.on()
    const { entity } = await tablet.record('ticket.open', ticket())
    for (const seed of [21, 22, 23]) await tablet.attach(entity, photo(1_000, seed))
    await led.spoil('put', fault)
    expect(await tablet.sync()).toMatchObject({ state: 'SYNCED', sent: 1 })
    const [first] = asked
    const files = await tablet.attachments.of(entity)
    expect(files.find((one) => one.state === 'WAITS')).toMatchObject({
      ...{ sha256: first, failed: 'ANSWER', tries: 1 },
    })
    expect(files.filter((one) => one.state === 'SENT')).toHaveLength(2)
    expect(await tablet.status()).toMatchObject({ unsentFiles: 1, failingFiles: 1 })

    // What is made meanwhile does not stand behind it.
    const later = await tablet.attach(entity, photo(1_000, 24))
    await tablet.sync()
    expect(asked.slice(3)).toEqual([later.sha256, first])
    expect((await tablet.attachments.of(entity)).every((one) => one.state === 'SENT')).toBe(true)
    expect(await tablet.status()).toMatchObject({ unsentFiles: 0, failingFiles: 0 })
  },
)

test('a network that is gone ends it at once, and the one that it broke at is not first again', async () => {
  const asked: string[] = []
  const carried = await direct((put) => (piece, token) => {
    asked.push(piece.sha256)
    return asked.length === 1 ? Promise.reject(new Unreachable('gone')) : put(piece, token)
  })
  const { tablet } = carried
  const { entity } = await tablet.record('ticket.open', ticket())
  for (const seed of [25, 26]) await tablet.attach(entity, photo(1_000, seed))
  await tablet.sync()
  expect(asked, 'the second was not even asked about').toHaveLength(1)
  const [first] = asked
  const broken = (await tablet.attachments.of(entity)).filter((one) => one.failed === 'NETWORK')
  expect(broken.map((one) => one.sha256)).toEqual([first])
  await tablet.sync()
  expect(asked).toHaveLength(5)
  expect(asked.slice(3)).toEqual([first, first])
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
  // Of what is done, a photo is taken by the hub as well.
  const [member] = await led.ids(['member', '001'])
  for (const kind of ['ticket.claim', 'ticket.start', 'ticket.finish'] as const)
    await tablet.record(kind, { member: member! }, { entity: id })
  await tablet.sync()
  await led.settle()
  await tablet.attach(id, photo(1_000, 9))
  await tablet.sync()
  expect((await tablet.attachments.of(id)).map((one) => one.state)).toEqual(['SENT', 'SENT'])
  await tablet.record('ticket.close', {}, { entity: id })
  await tablet.sync()
  await led.settle()
  await tablet.sync()
  await tablet.sync()
  expect(await tablet.attachments.of(id)).toEqual([])
})

test('what was photographed for a ticket that is refused stays while that can be mended, and goes along', async () => {
  const carried = await direct()
  const { tablet } = carried
  const line = { ...ticket(), grid: (await led.ids(['grid', 'LY-2']))[0]! }
  const { id, entity } = await tablet.record('ticket.open', line)
  await tablet.attach(entity, photo(1_000, 21))
  await tablet.sync()
  await led.settle()
  for (let times = 0; times < 3; times++) await tablet.sync()
  expect(await carried.verdict(id)).toMatchObject({ outcome: 'QUARANTINED', mendable: true })
  expect(await tablet.attachments.of(entity)).toHaveLength(1)

  const anew = tablet.newId()
  await tablet.store.step('attach', () => tablet.attachments.copy(entity, anew))
  expect((await tablet.attachments.of(anew)).map((one) => one.state)).toEqual(['DRAFT'])
  await tablet.record('ticket.open', ticket(), { entity: anew })
  await tablet.attachments.release(anew)
  await tablet.mended(id)
  await tablet.sync()
  expect((await tablet.attachments.of(anew)).map((one) => one.state)).toEqual(['SENT'])
  expect(await tablet.attachments.of(entity)).toEqual([])
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

test('what another tablet sent is seen where there is a network, and kept for where there is none', async () => {
  const [author, reader] = [await direct(), await direct()]
  const { entity } = await author.tablet.record('ticket.open', ticket())
  await author.tablet.attach(entity, photo(300_000, 8))
  await author.tablet.sync()
  await led.settle()
  await author.tablet.sync()
  // Before the trip by itself; the author's own is not fetched again.
  expect(await reader.tablet.sync()).toMatchObject({ state: 'SYNCED' })
  expect(await author.tablet.looking.of(entity)).toEqual([])
  reader.transport = NO_NETWORK
  const away = await reader.on()
  const [seen] = await away.looking.of(entity)
  expect(seen?.data).toEqual(photo(300_000, 8).data)
  expect(seen?.thumbnail).toMatch(/^data:image/)
  await expect(away.look(entity)).rejects.toThrow(Unreachable)

  // What the hub has erased is no more here either, and what is over goes.
  await led.ask('office', { kind: 'ticket.redact', entity, data: { fields: ['notes'] }, saw: 2 ** 52 })
  const back = new Carried(transportTo(led.url), reader.name)
  await (await back.on()).look(entity)
  expect(await back.tablet.looking.of(entity)).toEqual([])
})

/** A ticket of the tablet's, with one photo that was sent. */
async function sent({ tablet }: Carried, seed: number): Promise<{ entity: string; digest: string }> {
  const { entity } = await tablet.record('ticket.open', ticket())
  const { sha256: digest } = await tablet.attach(entity, photo(1_000, seed))
  await tablet.sync()
  await led.settle()
  await tablet.sync()
  expect((await tablet.attachments.of(entity)).map((one) => one.state)).toEqual(['SENT'])
  return { entity, digest }
}

const redact = (entity: string) =>
  led.ask('office', { kind: 'ticket.redact', entity, data: { fields: ['notes'] }, saw: 2 ** 52 })

test.each(['to be seen to', 'done'])(
  "a tablet's own copy goes with what the hub erased of a ticket that is %s, and no other does",
  async (which) => {
    const carried = await direct()
    const { tablet } = carried
    const [erased, other] = [await sent(carried, 41), await sent(carried, 42)]
    if (which === 'done') {
      const [member] = await led.ids(['member', '001'])
      for (const { entity } of [erased, other])
        for (const kind of ['ticket.claim', 'ticket.start', 'ticket.finish'] as const)
          await tablet.record(kind, { member: member! }, { entity })
      await tablet.sync()
      await led.settle()
      await tablet.sync()
    }
    await redact(erased.entity)
    expect(await tablet.sync()).toMatchObject({ state: 'SYNCED' })
    expect(await tablet.attachments.of(erased.entity)).toEqual([])
    expect(await carried.store.database.contents.get([erased.entity, erased.digest])).toBeUndefined()
    expect((await tablet.attachments.of(other.entity)).map((one) => one.state)).toEqual(['SENT'])
  },
)

test('a list that lacks it, or is none, erases nothing that the hub has; what the hub has lost is sent again', async () => {
  const carried = await direct()
  const { tablet } = carried
  const { entity } = await sent(carried, 43)
  const { list } = carried.transport
  for (const said of [async () => [], async () => null]) {
    carried.transport.list = said
    carried.clock.asleep += HOUR
    await tablet.sync()
    expect((await tablet.attachments.of(entity)).map((one) => one.state)).toEqual(['SENT'])
  }
  // A hub that began anew from an old copy knows nothing of it.
  await tablet.attachments.compare(entity, new Set(), async () => ({ received: 0, code: null }))
  expect(await tablet.status()).toMatchObject({ unsentFiles: 1 })
  carried.transport.list = list
})

test('what is sent again and was erased meanwhile goes; what was never taken stays, and is told of', async () => {
  const carried = await direct()
  const { tablet } = carried
  const { entity, digest } = await sent(carried, 44)
  await redact(entity)
  // As after a new epoch.
  await carried.store.database.attachments.update([entity, digest], { state: 'WAITS' })
  await tablet.sync()
  expect(await tablet.attachments.of(entity)).toEqual([])
  await tablet.attach(entity, photo(1_000, 44))
  await tablet.sync()
  const [again] = await tablet.attachments.of(entity)
  expect(again).toMatchObject({ state: 'REFUSED', code: 'ATTACHMENT_ERASED' })
})

test('what was photographed before another code is home, with nothing else unsent', async () => {
  const carried = await direct()
  const { tablet } = carried
  const id = tablet.newId()
  await led.ask('office', { kind: 'ticket.open', entity: id, data: ticket() })
  await tablet.sync()
  await tablet.attach(id, photo(1_000, 45))
  await tablet.enrol(await led.code('LY-2'), '平板')
  expect(await tablet.sync()).toMatchObject({ state: 'SYNCED' })
  const there = await led.ask<[string, number][]>('attachments')
  expect(there.filter(([about]) => about === id)).toEqual([[id, 1_000]])
  expect(await tablet.status()).toMatchObject({ unsentFiles: 0, refusedFiles: 0 })
})

test('there is room for so much of others and no more: what nobody looked at for the longest becomes small', async () => {
  const [author, reader] = [await direct(), await direct()]
  const { entity } = await author.tablet.record('ticket.open', ticket())
  for (const seed of [11, 12, 13]) {
    await author.tablet.attach(entity, photo(200_000, seed))
    await author.tablet.sync()
  }
  await led.settle()
  await reader.tablet.sync()
  await reader.store.database.looked.clear()
  const small = new Looking(
    reader.store,
    transportTo(led.url),
    async () => 'data:image/jpeg;base64,',
    reader.tablet.attachments,
    450_000,
  )
  await small.look(entity, 1)
  const [first, second] = await small.of(entity)
  await small.used(first!, 5)
  await reader.store.database.looked.update([entity, second!.sha256], { usedMs: 2 })
  await small.look(entity, 6)
  const kept = await small.of(entity)
  expect(kept).toHaveLength(3)
  expect(kept.filter((one) => one.data !== null)).toHaveLength(2)
  expect(kept.every((one) => one.thumbnail !== null)).toBe(true)
  await author.tablet.record('ticket.cancel', { reason: '不用了' }, { entity })
  await author.tablet.sync()
  await led.settle()
  await reader.tablet.sync()
  expect(await small.of(entity)).toEqual([])
})

test('one of others that cannot be had keeps no other from being seen before the trip', async () => {
  const [author, reader] = [await direct(), await direct()]
  const made: string[] = []
  for (const seed of [31, 32]) {
    const { entity } = await author.tablet.record('ticket.open', ticket())
    await author.tablet.attach(entity, photo(1_000, seed))
    await author.tablet.attach(entity, photo(1_000, seed + 10))
    made.push(entity)
  }
  await author.tablet.sync()
  await led.settle()
  const { transport } = reader
  let left = 1
  reader.transport = {
    ...{ call: (...one) => transport.call(...one), put: (...one) => transport.put(...one) },
    list: (...one) => transport.list(...one),
    get: (...one) =>
      left-- === 1 ? Promise.reject(new Unanswered('a file that is not it')) : transport.get(...one),
  }
  const tablet = await reader.on()
  await tablet.sync()
  const seen = await Promise.all(made.map((one) => tablet.looking.of(one)))
  expect(seen.map((one) => one.length).sort()).toEqual([1, 2])
})

test("a portal's page, half a list and another file are no answer, and nothing of them is kept", async () => {
  const reader = await direct()
  const answers = ['<html>', '{"attachments": [{"sha256": 1}]}', '{"attachments": []}']
  const spoilt = (text: string) => new HttpTransport(led.url, PATIENCE, async () => new Response(text))
  for (const text of answers.slice(0, 2))
    await expect(spoilt(text).list('any', null)).rejects.toThrow(Unreachable)
  expect(await spoilt(answers[2]!).list('any', null)).toEqual([])
  await expect(spoilt('<html>').get('any', '00', null)).rejects.toThrow(Unreachable)
  expect(
    await reader.transport.list(reader.tablet.newId(), (await reader.store.get('token')) ?? null),
  ).toBeNull()
})
