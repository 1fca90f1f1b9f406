// The clock journal: runs, contacts, and what may be said of a run that met nobody.

import { expect, test } from 'vitest'

import { Store } from '../../src/store/store'
import { Journal } from '../../src/sync/journal'
import { DAY, HOUR } from './kit'

class SetClock {
  wall = 1_790_000_000_000
  monotonic = 5_000
  wallMs = () => this.wall
  monotonicMs = () => this.monotonic
  goOn(milliseconds: number) {
    this.wall += milliseconds
    this.monotonic += milliseconds
  }
}

let count = 0

async function journal() {
  const clock = new SetClock()
  const store = new Store(`journal-${++count}`)
  return { clock, store, journal: await Journal.open(store, clock) }
}

/** An exchange of 90 ms with a hub that is `ahead` of the right time as this test's wall clock began. */
async function meet(clock: SetClock, one: Journal, hubMs: number) {
  const before = await one.now()
  clock.goOn(90)
  await one.met(before, hubMs)
}

test('every start of the app begins a new run', async () => {
  const { clock, store, journal: first } = await journal()
  const second = await Journal.open(store, clock)
  expect([(await first.now()).run, (await second.now()).run]).toEqual([1, 2])
  expect((await first.now()).run, 'another tab does not take over the run of this one').toBe(1)
})

test('a jump of the wall clock begins a new run, a little wandering does not', async () => {
  const { clock, journal: one } = await journal()
  clock.wall += 1_900
  expect((await one.now()).run).toBe(1)
  clock.wall -= 5 * HOUR
  expect((await one.now()).run).toBe(2)
})

test('a clock three days fast is known to the hub to within half the round trip', async () => {
  const { clock, journal: one } = await journal()
  const right = clock.wall
  clock.wall += 3 * DAY
  const late = await Journal.open(new Store(`journal-${++count}`), clock)
  await meet(clock, late, right + 45)
  const [line] = await late.lines()
  expect(line).toEqual({ run: 1, offsetMs: -3 * DAY, uncertaintyMs: 46 })
  expect((await one.lines())[0]?.offsetMs).toBeNull()
})

test('the best contact of a run is kept', async () => {
  const { clock, journal: one } = await journal()
  await meet(clock, one, clock.wall + 45)
  const before = await one.now()
  clock.goOn(30_000)
  await one.met(before, clock.wall)
  const [line] = await one.lines()
  expect(line?.offsetMs).toBe(0)
  expect(line?.uncertaintyMs).toBeLessThan(50)
})

test('over a jump an offset is carried only between contacts on both sides that agree', async () => {
  const { clock, journal: one } = await journal()
  const right = () => clock.monotonic + 1_789_999_995_000
  await meet(clock, one, right() + 45)
  clock.goOn(HOUR)
  clock.wall -= 5 * HOUR
  await one.now()
  expect((await one.lines())[1], 'one side: a sleep cannot be told from a clock that was set').toEqual({
    run: 2,
    offsetMs: null,
    uncertaintyMs: null,
  })
  clock.goOn(HOUR)
  clock.wall += 5 * HOUR
  await meet(clock, one, right() + 45)
  const [, carried] = await one.lines()
  expect(carried?.offsetMs).toBe(5 * HOUR)
  expect(carried?.uncertaintyMs).toBeLessThan(1_000)
})

test('a monotonic clock that stood still in a sleep carries nothing over', async () => {
  const { clock, journal: one } = await journal()
  await meet(clock, one, clock.wall + 45)
  clock.wall += 3 * HOUR
  await one.now()
  clock.wall += 2 * HOUR
  await meet(clock, one, clock.wall + 45)
  expect((await one.lines())[1]).toEqual({ run: 2, offsetMs: null, uncertaintyMs: null })
})

test('an upload tells of its runs and of the nearest contacts around them', async () => {
  const { clock, store, journal: first } = await journal()
  await meet(clock, first, clock.wall)
  const lives = [first]
  for (let life = 0; life < 4; life++) lives.push(await Journal.open(store, clock))
  await meet(clock, lives[4]!, clock.wall)
  expect((await first.around([3])).map((line) => line.run)).toEqual([1, 3, 5])
})
