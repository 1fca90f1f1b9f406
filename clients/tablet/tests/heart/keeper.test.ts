// When the app meets the hub by itself, and how it becomes patient where that does not succeed.

import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest'

import { Keeper } from '../../src/app/keeper.svelte'
import type { Transport } from '../../src/protocol/operations'
import { Led } from '../led'
import { Carried, MINUTE, NO_NETWORK, SECOND, transportTo } from './kit'

let led: Led

beforeAll(async () => {
  led = await Led.start()
})

afterAll(() => led.close())

/** What the browser has and Node has not. */
const browser = new EventTarget()
const page = Object.assign(new EventTarget(), { visibilityState: 'visible' })

beforeEach(() => {
  vi.stubGlobal('navigator', { onLine: true })
  vi.stubGlobal('document', page)
  vi.stubGlobal('addEventListener', browser.addEventListener.bind(browser))
  // Only those by which the keeper waits: the database has others.
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  vi.spyOn(Math, 'random').mockReturnValue(0)
})

afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
  vi.unstubAllGlobals()
})

class Kept {
  meetings = 0
  away = true
  keeper!: Keeper
  carried!: Carried

  static async start(enrolled = true): Promise<Kept> {
    const kept = new Kept()
    const hub = transportTo(led.url)
    const call: Transport['call'] = (operation, ...asked) => {
      if (operation === 'now') kept.meetings += 1
      return (kept.away ? NO_NETWORK : hub).call(operation, ...asked)
    }
    kept.carried = new Carried({ ...NO_NETWORK, list: async () => null, call })
    const tablet = await kept.carried.on()
    if (enrolled) {
      kept.away = false
      await tablet.enrol(await led.code('LY-1'), '平板')
      kept.away = true
    }
    kept.keeper = new Keeper({ tablet, status: await tablet.status() })
    kept.keeper.start()
    await kept.pass(0)
    return kept
  }

  /** So long later, and whatever meeting began then is over. */
  async pass(milliseconds: number): Promise<void> {
    vi.advanceTimersByTime(milliseconds)
    await this.keeper.rest()
    // What follows a meeting follows its promise.
    await new Promise((done) => setImmediate(done))
  }

  async atOnce(): Promise<void> {
    const before = this.meetings
    await this.pass(0)
    expect(this.meetings).toBe(before + 1)
  }

  /** That the next meeting begins after so long, and not before. */
  async waits(milliseconds: number): Promise<void> {
    const before = this.meetings
    await this.pass(milliseconds - 1)
    expect(this.meetings, `nothing before ${milliseconds} ms`).toBe(before)
    await this.pass(1)
    expect(this.meetings, `one after ${milliseconds} ms`).toBe(before + 1)
  }
}

test('without a network it waits longer each time, five minutes at most; after a meeting, five minutes', async () => {
  const kept = await Kept.start()
  expect(kept.meetings, 'at once when the app is opened').toBe(1)
  for (const seconds of [5, 10, 20, 40, 80, 160, 300, 300]) await kept.waits(seconds * SECOND)
  kept.away = false
  await kept.waits(5 * MINUTE)
  expect(kept.keeper.report).toMatchObject({ state: 'SYNCED' })
  await kept.waits(5 * MINUTE)
  kept.away = true
  await kept.waits(5 * MINUTE)
  // It begins to be patient anew.
  await kept.waits(5 * SECOND)
  await kept.waits(10 * SECOND)
})

test('chance spreads the waiting of many tablets over a quarter more', async () => {
  vi.mocked(Math.random).mockReturnValue(1)
  const kept = await Kept.start()
  await kept.waits(6_250)
  await kept.waits(12_500)
})

test('a network that appears, the app looked at again, and what was recorded do not wait for that', async () => {
  const kept = await Kept.start()
  kept.away = false
  browser.dispatchEvent(new Event('online'))
  await kept.atOnce()
  page.dispatchEvent(new Event('visibilitychange'))
  await kept.atOnce()
  const [grid] = await led.ids(['grid', 'LY-1'])
  await kept.carried.tablet.record('ticket.open', { grid: grid!, category: 'parking', title: '门口停车难' })
  await kept.waits(1_500)
  expect((await kept.carried.tablet.status()).unsent).toBe(0)
})

test('who presses while it meets is heard after it; another tab that meets is no failure', async () => {
  const kept = await Kept.start()
  kept.away = false
  const both = [kept.keeper.sync(), kept.keeper.sync()]
  await Promise.all(both)
  await kept.atOnce()

  const { tablet } = kept.carried
  const meeting = vi.spyOn(tablet, 'sync')
  const other = kept.carried.alone(async () => {
    await kept.keeper.sync()
    return kept.keeper.report?.state
  })
  expect(await other).toBe('BUSY')
  expect(meeting).toHaveBeenCalledTimes(1)
  await kept.waits(5 * SECOND)
  await kept.waits(5 * MINUTE)
})

test('where nobody has enrolled this tablet, nobody is asked', async () => {
  const kept = await Kept.start(false)
  expect(kept.meetings).toBe(0)
  await kept.keeper.sync()
  expect(kept.meetings).toBe(0)
})
