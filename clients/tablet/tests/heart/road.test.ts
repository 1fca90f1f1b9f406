// A bad road to a real hub, beside the other meetings: whatever happens to a request, the tablet goes on as if it had not.

import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import { Led } from '../led'
import { carry } from './kit'

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
