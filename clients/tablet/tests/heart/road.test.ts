// A bad road to a real hub, beside the other meetings: whatever happens to a request, the tablet goes on as if it had not.

import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import { NotKept, Unreachable } from '../../src/protocol/failures'
import { HttpTransport, PATIENCE } from '../../src/protocol/http'
import { Led } from '../led'
import { carry, Carried, NO_NETWORK, transportTo } from './kit'

let led: Led
let grid: string

beforeAll(async () => {
  led = await Led.start()
  grid = (await led.ids(['grid', 'LY-1']))[0]!
})

afterAll(() => led.close())

function ticket() {
  return { grid, category: 'parking', title: '三号楼门前停车难' }
}

describe('a bad road', () => {
  const FAULTS = ['request_lost', 'answer_lost', 'answer_cut', 'request_doubled', 'portal', 'bad_gateway']
  const MORE = ['gateway_after_the_deed', 'busy']

  test.each(
    [...FAULTS, ...MORE].flatMap((fault) => ['now', 'push', 'pull'].map((what) => [what, fault] as const)),
  )(
    'at %s, %s: never called synced before it is, and all there once in the end',
    async (operation, fault) => {
      const carried = await carry(led)
      const made = await carried.tablet.record('ticket.open', ticket())
      await led.spoil(operation, fault)
      const before = (await carried.tablet.status()).syncedAt
      const report = await carried.tablet.sync()
      if (fault !== 'request_doubled') {
        expect(report.state).toBe('AGAIN')
        expect((await carried.tablet.status()).syncedAt).toBe(before)
      }
      expect(await carried.tablet.sync()).toMatchObject({ state: 'SYNCED' })
      expect((await led.log()).filter(([id]) => id === made.id)).toHaveLength(1)
    },
  )
})

test('a hub that says nothing is given up after the time-out, and nothing is called sent', async () => {
  const silent = createServer(() => {}).listen(0, '127.0.0.1')
  await once(silent, 'listening')
  const { port } = silent.address() as AddressInfo
  const carried = await carry(led)
  const made = await carried.tablet.record('ticket.open', ticket())
  carried.transport = new HttpTransport(`http://127.0.0.1:${port}/graphql`, {
    ...{ ...PATIENCE, attempts: 1, timeoutMs: 100 },
  })
  const away = await carried.on()
  expect(await away.sync()).toMatchObject({ state: 'AGAIN', sent: 0, reason: 'TimeoutError' })
  expect((await carried.verdict(made.id)).outcome).toBe('SAVED')
  silent.closeAllConnections()
  silent.close()
})

test('a first download that breaks is usable as far as it came, and goes on from there', async () => {
  const carried = new Carried(transportTo(led.road))
  const inner = carried.transport
  const afters: unknown[] = []
  let breaks = true
  carried.transport = {
    ...NO_NETWORK,
    call: async (operation, variables, token) => {
      if (operation !== 'pull') return inner.call(operation, variables, token)
      if (afters.push(variables.after) === 3 && breaks) throw new Unreachable('broken')
      return inner.call(operation, { ...variables, limit: 3 }, token)
    },
  }
  const tablet = await carried.on()
  await tablet.enrol(await led.code('LY-1'), '平板')
  const bar: (number | null)[] = []
  expect((await tablet.sync((one) => bar.push(one.remaining))).state).toBe('AGAIN')
  expect(bar.at(-1), 'about as many are still to come').toBeGreaterThan(0)
  expect(await tablet.status()).toMatchObject({ resetting: true, syncedAt: null })
  const came = (await tablet.holdings.all()).length
  expect(came).toBe(6)
  await tablet.record('ticket.open', ticket())
  breaks = false
  const again = await carried.on()
  expect(await again.sync()).toMatchObject({ state: 'SYNCED', sent: 1 })
  expect(
    afters.filter((after) => after === null),
    'it began once',
  ).toHaveLength(1)
  expect((await again.holdings.all()).length).toBeGreaterThan(came)
})

test('after a time-out or a cut pages are half as large, down to a floor, also when the app is opened anew, and grow again', async () => {
  const carried = await carry(led)
  const road = carried.transport
  const limits: unknown[] = []
  carried.transport = {
    ...NO_NETWORK,
    list: async () => null,
    call: (operation, variables, token) => {
      if (operation === 'pull') limits.push(variables.limit)
      return road.call(operation, variables, token)
    },
  }
  const FAULTS = ['answer_cut', 'request_lost', 'answer_lost', 'bad_gateway', 'answer_cut', 'request_lost']
  for (const fault of FAULTS) {
    await led.spoil('pull', fault)
    expect((await (await carried.on()).sync()).state).toBe('AGAIN')
  }
  expect(limits).toEqual([1000, 500, 250, 125, 62, 50])
  for (let times = 0; times < 6; times++)
    expect(await carried.tablet.sync()).toMatchObject({ state: 'SYNCED' })
  expect(limits.slice(6)).toEqual([50, 100, 200, 400, 800, 1000])
})

test('a disk that is full in the middle of a pull is said so; what came before it is here, and the rest comes later', async () => {
  const carried = await carry(led)
  const before = (await carried.tablet.status()).syncedAt
  const made = await carried.tablet.record('ticket.open', ticket())
  await carried.tablet.reset()
  const road = carried.transport
  carried.transport = {
    ...NO_NETWORK,
    list: async () => null,
    call: (operation, variables, token) =>
      road.call(operation, operation === 'pull' ? { ...variables, limit: 3 } : variables, token),
  }
  let pages = 0
  const full = await carried.on((step) => {
    if (step === 'page.commit' && ++pages > 2) throw new NotKept('page: QuotaExceededError')
  })
  expect(await full.sync()).toMatchObject({
    ...{ state: 'FULL', sent: 1, received: 6, reason: 'page: QuotaExceededError' },
  })
  expect(await full.status()).toMatchObject({ syncedAt: before, resetting: true, unsent: 0 })
  const { checkpoint } = Object.fromEntries(
    (await carried.store.database.meta.toArray()).map(({ key, value }) => [key, value]),
  )
  const roomy = await carried.on()
  expect((await roomy.store.get('checkpoint')) ?? null, 'it goes on from there').toBe(checkpoint)
  expect(await roomy.sync()).toMatchObject({ state: 'SYNCED' })
  expect((await led.log()).filter(([id]) => id === made.id)).toHaveLength(1)
})
