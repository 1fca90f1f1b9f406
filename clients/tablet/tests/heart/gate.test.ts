// The lock by a clock that is set by hand: a sleep, a clock that goes back, and a reload open nothing.

import { expect, test } from 'vitest'

import { Gate, IDLE_MS } from '../../src/app/gate'
import { Store } from '../../src/store/store'
import { systemIds } from '../../src/store/system'
import { HOUR, MINUTE, SECOND } from './kit'

class Hands {
  nowMs = 1_000_000_000_000
  wallMs = () => this.nowMs
  monotonicMs = () => 0
}

let count = 0
async function gate() {
  const clock = new Hands()
  const store = new Store(`gate-${process.pid}-${++count}`)
  const open = () => Gate.at(store, clock, systemIds)
  return { clock, open, gate: await open() }
}

test('a tablet that slept for an hour is locked, however few timers ran; a touch in time keeps it open', async () => {
  const { clock, gate: own } = await gate()
  clock.nowMs += IDLE_MS - 1
  expect(own.leftLying()).toBe(false)
  own.touched()
  clock.nowMs += IDLE_MS - 1
  expect(own.leftLying()).toBe(false)
  clock.nowMs += HOUR
  expect(own.leftLying()).toBe(true)
})

test('a clock that is set back locks; one that is set right by seconds does not', async () => {
  const { clock, gate: own } = await gate()
  clock.nowMs -= 30 * SECOND
  expect(own.leftLying()).toBe(false)
  clock.nowMs -= HOUR
  expect(own.leftLying()).toBe(true)
})

test('wrong tries outlive a reload, each further one waits longer, and the right PIN forgets them', async () => {
  const { clock, open, gate: own } = await gate()
  await own.set('2580')
  expect(await own.open('1111')).toBe(false)
  expect(await own.open('2222')).toBe(false)
  expect(own.waitMs()).toBe(0)
  expect(await own.open('3333')).toBe(false)
  const again = await open()
  expect(again.waitMs()).toBe(10 * SECOND)
  expect(await again.open('2580')).toBe(false)
  clock.nowMs += 10 * SECOND
  expect(await again.open('4444')).toBe(false)
  expect((await open()).waitMs()).toBe(20 * SECOND)
  clock.nowMs += 20 * SECOND
  expect(await again.open('2580')).toBe(true)
  expect(await (await open()).open('1111')).toBe(false)
  expect((await open()).waitMs()).toBe(0)
})

test('a clock that is set back makes a wait begin anew, and no longer than it was', async () => {
  const { clock, gate: own } = await gate()
  await own.set('2580')
  for (const pin of ['1111', '2222', '3333']) await own.open(pin)
  clock.nowMs -= HOUR
  expect(own.waitMs()).toBe(10 * SECOND)
  clock.nowMs += 10 * SECOND
  expect(await own.open('2580')).toBe(true)
})

test('a PIN that is dropped is gone, with its tries', async () => {
  const { clock, open, gate: own } = await gate()
  await own.set('2580')
  for (const pin of ['1111', '2222', '3333']) await own.open(pin)
  await own.drop()
  clock.nowMs += MINUTE
  const again = await open()
  expect([again.isSet, again.waitMs()]).toEqual([false, 0])
})
