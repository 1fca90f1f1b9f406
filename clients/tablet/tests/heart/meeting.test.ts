// Whole meetings with a real hub on loopback: nothing is skipped, nothing is believed that was not said, and
// one bad change never blocks the next.

import { afterAll, beforeAll, expect, test } from 'vitest'

import { Store } from '../../src/store/store'
import { Led } from '../led'
import { carry, Carried, NO_NETWORK, transportTo } from './kit'

let led: Led
let [one, two, three, gridOne, gridTwo]: string[] = []

beforeAll(async () => {
  led = await Led.start()
  const names = [
    ['member', '001'],
    ['member', '002'],
    ['member', '003'],
    ['grid', 'LY-1'],
    ['grid', 'LY-2'],
  ] as [string, string][]
  ;[one, two, three, gridOne, gridTwo] = await led.ids(...names)
})

afterAll(() => led.close())

function ticket(grid = gridOne, title = '三号楼门前停车难') {
  return { grid: grid!, category: 'parking', title }
}

test('what is done offline is sent once, settled, and told to its author', async () => {
  const carried = await carry(led)
  const { tablet } = carried
  const opened = await tablet.record('ticket.open', ticket(), {
    private: { contact: { telephone: '5550100' } },
  })
  const claimed = await tablet.record('ticket.claim', { member: one! }, { entity: opened.entity })
  expect(await tablet.sync()).toMatchObject({ state: 'SYNCED', sent: 2 })
  expect((await carried.verdict(claimed.id)).outcome).toBe('SENT')
  await led.settle()
  expect(await tablet.sync()).toMatchObject({ state: 'SYNCED', sent: 0 })
  expect(await carried.verdict(opened.id)).toMatchObject({ outcome: 'APPLIED', sentence: { zh: '已生效。' } })
  expect((await tablet.status()).unsettled).toBe(0)
  const kept = await carried.store.database.changes.toArray()
  expect(
    kept.map((line) => line.body),
    'what is durable and told is let go',
  ).toEqual([null, null])
})

test('that a contact was opened is on the disk before it is shown, and with the hub once, after a lost answer too', async () => {
  const carried = await carry(led)
  const { tablet } = carried
  const opened = await tablet.record('ticket.open', ticket(), {
    private: { contact: { telephone: '5550100' } },
  })
  await tablet.openContact(opened.entity, one)
  expect((await tablet.status()).unsentOpenings).toBe(1)
  const again = await carried.on()
  await led.spoil('push', 'answer_lost')
  expect((await again.sync()).state).toBe('AGAIN')
  expect((await again.sync()).state).toBe('SYNCED')
  await again.sync()
  const told = await led.ask<[string, string][]>('readings')
  expect(told.filter(([about]) => about === opened.entity)).toEqual([[opened.entity, one]])
  expect(await carried.store.get('openings')).toBeUndefined()
  expect((await again.status()).unsentOpenings).toBe(0)
})

test('two take one seat offline: the earlier deed has it, and the other hears who', async () => {
  const [first, second] = [await carry(led), await carry(led)]
  const opened = await first.tablet.record('ticket.open', ticket())
  await first.tablet.sync()
  await led.settle()
  await Promise.all([first.tablet.sync(), second.tablet.sync()])
  const early = await first.tablet.record('ticket.claim', { member: one! }, { entity: opened.entity })
  await new Promise((done) => setTimeout(done, 200))
  const late = await second.tablet.record('ticket.claim', { member: two! }, { entity: opened.entity })
  await second.tablet.sync()
  await first.tablet.sync()
  await led.settle()
  await Promise.all([first.tablet.sync(), second.tablet.sync()])
  expect((await first.verdict(early.id)).outcome).toBe('APPLIED')
  expect(await second.verdict(late.id)).toMatchObject({
    outcome: 'LOST',
    code: 'SEAT_TAKEN',
    stands: { member: one },
  })
})

test('killed at any step of a meeting it goes on where it was, and sends nothing twice', async () => {
  const carried = await carry(led)
  const made: string[] = []
  for (let step = 1, killed = true; killed && step < 100; step++) {
    killed = false
    let told = 0
    try {
      const tablet = await carried.on(() => {
        if (++told === step) {
          killed = true
          throw new Error('the power went')
        }
      })
      made.push((await tablet.record('ticket.open', ticket(gridOne, `第${step}件`))).id)
      await tablet.sync()
    } catch (error) {
      expect((error as Error).message).toBe('the power went')
    }
  }
  const tablet = await carried.on()
  const recorded = (await tablet.verdicts()).map((line) => line.id)
  expect(await tablet.sync()).toMatchObject({ state: 'SYNCED' })
  const log = new Map((await led.log()).map(([id]) => [id, 0]))
  expect(recorded.length).toBeGreaterThan(10)
  expect(recorded.filter((id) => !log.has(id))).toEqual([])
  expect(
    made.filter((id) => !log.has(id)),
    'what was said to be saved is there',
  ).toEqual([])
})

test('one bad change never blocks the next', async () => {
  const carried = await carry(led)
  await carried.tablet.record('ticket.open', ticket())
  const bad = await carried.tablet.record('ticket.open', ticket())
  const next = await carried.tablet.record('ticket.open', ticket())
  await carried.store.database.changes
    .where('id')
    .equals(bad.id)
    .modify((line) => {
      line.body = JSON.stringify({ ...JSON.parse(line.body!), kind: 'post.juggle' })
    })
  expect(await carried.tablet.sync()).toMatchObject({ state: 'SYNCED', sent: 3 })
  expect(await carried.verdict(bad.id)).toMatchObject({ outcome: 'QUARANTINED', code: 'UNKNOWN_KIND' })
  await led.settle()
  await carried.tablet.sync()
  expect((await carried.verdict(next.id)).outcome).toBe('APPLIED')
})

test('what did not come to stand can be mended until somebody has read that, and no longer than a month', async () => {
  const carried = await carry(led)
  const { tablet } = carried
  const own = { contact: { telephone: '5550100' } }
  const line = { kind: 'ticket.open' as const, data: ticket(gridTwo), about: { private: own } }
  const [first, second, third] = await tablet.recordAll([line, line, line])
  await tablet.sync()
  await led.settle()
  await tablet.sync()
  expect(await carried.verdict(first!.id)).toMatchObject({ outcome: 'QUARANTINED', code: 'OUT_OF_SCOPE' })
  const bodies = (await carried.store.database.changes.toArray()).map((line) => line.body)
  expect(bodies, 'nothing is kept to be sent').toEqual([null, null, null])
  expect((await carried.verdict(first!.id)).raw).toMatchObject({ kind: 'ticket.open', private: own })
  // Who pressed that they have read it can take that back; what was sent anew is not kept any more.
  await tablet.seen(first!.id)
  expect(await carried.verdict(first!.id)).toMatchObject({ read: true, mendable: true })
  await tablet.seen(first!.id, false)
  expect(await carried.verdict(first!.id)).toMatchObject({ read: false, mendable: true })
  await tablet.mended(first!.id)
  expect(await carried.verdict(first!.id)).toMatchObject({ read: true, mendable: false, raw: null })
  const aged = carried.store.database.changes.where('id').equals(second!.id)
  await aged.modify((line) => {
    line.mend!.untilMs -= 31 * 86_400_000
  })
  await tablet.sync()
  expect((await carried.verdict(second!.id)).raw).toBeNull()
  expect((await carried.verdict(third!.id)).raw).toMatchObject({ kind: 'ticket.open' })
})

test('nothing is skipped between two pages, whatever is committed meanwhile', async () => {
  const carried = await carry(led)
  const pages: (() => Promise<unknown>)[] = []
  const inner = carried.transport
  carried.transport = {
    ...NO_NETWORK,
    call: async (operation, variables, token) => {
      const small = operation === 'pull' ? { ...variables, limit: 2 } : variables
      const answer = await inner.call(operation, small, token)
      if (operation === 'pull') await pages.shift()?.()
      return answer
    },
  }
  const tablet = await carried.on()
  for (let index = 0; index < 3; index++) await tablet.record('ticket.open', ticket(gridOne, `在途${index}`))
  await tablet.reset()
  const office = (name: string) => () =>
    led.ask('office', { kind: 'member.edit', entity: one, data: { name }, saw: 2 ** 52 })
  pages.push(office('党员 甲'), office('党员 乙'), () => led.settle(), office('党员 001'))
  expect(await tablet.sync()).toMatchObject({ state: 'SYNCED' })
  expect((await carried.store.database.documents.get(['member', one!]))?.body.name).toBe('党员 001')
})

test('a document that went missing is seen by the sum, and brings one reset', async () => {
  const carried = await carry(led)
  await carried.store.database.documents.delete(['member', two!])
  expect(await carried.tablet.sync()).toMatchObject({ state: 'SYNCED' })
  expect(await carried.held('member')).toContain(two)
})

test('a sum that never agrees is an alarm, not "in sync"', async () => {
  const carried = await carry(led)
  const inner = carried.transport
  const [line] = await carried.store.database.documents.where('collection').equals('grid').toArray()
  const before = (await carried.tablet.status()).syncedAt
  carried.transport = {
    ...NO_NETWORK,
    call: async (operation, variables, token) => {
      const answer: any = await inner.call(operation, variables, token)
      if (operation === 'pull') answer.documents = answer.documents.filter((one: any) => one.id !== line?.id)
      return answer
    },
  }
  const tablet = await carried.on()
  await tablet.reset()
  expect((await tablet.sync()).state).toBe('ALARM')
  expect(await tablet.status()).toMatchObject({ alarm: true, syncedAt: before })
})

test('a tablet hears of other grids: what left is gone, what came is whole, and its work before still counts', async () => {
  const carried = await carry(led)
  const other = await carry(led, 'LY-2')
  const theirs = await other.tablet.record('ticket.open', ticket(gridTwo))
  await other.tablet.sync()
  await led.settle()
  const mine = await carried.tablet.record('ticket.open', ticket(gridOne, '改派之前'))
  await led.ask('assign', { device: await carried.device(), grids: ['LY-2'] })
  expect(await carried.tablet.sync()).toMatchObject({ state: 'SYNCED' })
  expect((await carried.tablet.status()).scope.map((grid) => grid.code)).toEqual(['LY-2'])
  expect(await carried.held('ticket')).toContain(theirs.entity)
  const outside = await carried.tablet.record('ticket.open', ticket(gridOne, '改派之后'))
  await carried.tablet.sync()
  await led.settle()
  await carried.tablet.sync()
  expect((await carried.verdict(mine.id)).outcome).toBe('APPLIED')
  expect(await carried.verdict(outside.id)).toMatchObject({ outcome: 'QUARANTINED', code: 'OUT_OF_SCOPE' })
})

test('where the network breaks before a new scope was acknowledged, the number is kept and said', async () => {
  const carried = await carry(led)
  await led.ask('assign', { device: await carried.device(), grids: ['LY-2'] })
  const pulls = async () => (await led.ask<string[]>('asked')).filter((name) => name === 'pull').length
  await led.spoil('pull', 'request_lost', 2)
  const asked = await pulls()
  expect((await carried.tablet.sync()).state).toBe('AGAIN')
  expect(await pulls()).toBe(asked + 2)
  const after = await carried.tablet.record('ticket.open', ticket(gridOne, '已知改派'))
  expect(await carried.tablet.sync()).toMatchObject({ state: 'SYNCED' })
  await led.settle()
  await carried.tablet.sync()
  expect((await carried.verdict(after.id)).code).toBe('OUT_OF_SCOPE')
})

test('a copy of a tablet goes on as a new device, and every change counts once', async () => {
  const carried = await carry(led)
  await carried.tablet.record('ticket.open', ticket(gridOne, '原机'))
  const copy = new Carried(transportTo(led.road))
  await copy.on()
  for (const table of carried.store.database.tables)
    await copy.store.database.table(table.name).bulkPut(await table.toArray())
  const first = await carried.tablet.record('ticket.open', ticket(gridOne, '原机之后'))
  const second = await (await copy.on()).record('ticket.open', ticket(gridOne, '副本之后'))
  expect(await carried.tablet.sync()).toMatchObject({ state: 'SYNCED' })
  expect(await copy.tablet.sync()).toMatchObject({ state: 'SYNCED' })
  expect(await copy.device()).not.toBe(await carried.device())
  const log = (await led.log()).map(([id]) => id)
  expect(log.filter((id) => id === first.id || id === second.id)).toHaveLength(2)
  expect(new Set(log).size).toBe(log.length)
})

test('a revoked tablet hands in what it has, then erases itself', async () => {
  const carried = await carry(led)
  const last = await carried.tablet.record('ticket.open', ticket())
  await led.ask('revoke', { device: await carried.device() })
  expect((await carried.tablet.sync()).state).toBe('REVOKED')
  expect(await carried.tablet.verdicts()).toEqual([])
  expect(await carried.store.database.documents.count()).toBe(0)
  expect((await carried.tablet.status()).revoked).toBe(true)
  await expect(carried.tablet.record('ticket.open', ticket())).rejects.toMatchObject({ name: 'Erased' })
  expect(last.seq).toBe(1)
})

test('a revoked tablet that believes that all was sent asks, and goes on from what the hub says', async () => {
  const carried = await carry(led)
  for (const title of ['一', '二']) await carried.tablet.record('ticket.open', ticket(gridOne, title))
  await carried.store.database.meta.put({ key: 'received', value: 2 })
  await led.ask('revoke', { device: await carried.device() })
  const sent: [number, number][] = []
  const road = carried.transport
  carried.transport = {
    ...NO_NETWORK,
    call: (operation, variables, token) => {
      const upload = variables.upload as { from: number; changes: unknown[] } | undefined
      if (upload !== undefined) sent.push([upload.from, upload.changes.length])
      return road.call(operation, variables, token)
    },
  }
  expect((await (await carried.on()).sync()).state).toBe('REVOKED')
  expect(sent).toEqual([
    [3, 0],
    [3, 0],
    [1, 2],
  ])
})

test('an invalid token asks to be enrolled again, and the outbox goes along', async () => {
  const carried = await carry(led)
  const kept = await carried.tablet.record('ticket.open', ticket())
  await carried.store.database.meta.put({ key: 'token', value: 'nonsense' })
  expect((await carried.tablet.sync()).state).toBe('ENROL')
  await carried.tablet.enrol(await led.code('LY-1'), '平板')
  expect(await carried.tablet.sync()).toMatchObject({ state: 'SYNCED', sent: 1 })
  expect((await led.log()).filter(([id]) => id === kept.id)).toHaveLength(1)
})

test('what was done before another code is judged by the grids of then', async () => {
  const carried = await carry(led)
  expect((await carried.tablet.sync()).state).toBe('SYNCED')
  const kept = await carried.tablet.record('ticket.open', ticket())
  await carried.tablet.enrol(await led.code('LY-2'), '平板')
  const outside = await carried.tablet.record('ticket.open', ticket())
  expect(await carried.tablet.sync()).toMatchObject({ state: 'SYNCED', sent: 2 })
  await led.settle()
  await carried.tablet.sync()
  const told = new Map((await carried.tablet.verdicts()).map((one) => [one.id, one.code]))
  expect([told.get(kept.id), told.get(outside.id)]).toEqual(['APPLIED', 'OUT_OF_SCOPE'])
})

test('a wrong code is said so, and nothing is enrolled', async () => {
  const carried = new Carried(transportTo(led.road))
  const tablet = await carried.on()
  await expect(tablet.enrol('AAAAAAAA', '平板')).rejects.toMatchObject({ code: 'CODE_INVALID' })
  expect((await tablet.status()).device).toBeNull()
})

test('without a network everything can be recorded, and nothing is called synced', async () => {
  const carried = await carry(led)
  carried.transport = NO_NETWORK
  const tablet = await carried.on()
  await tablet.record('ticket.open', ticket())
  expect(await tablet.sync()).toMatchObject({ state: 'AGAIN', sent: 0 })
  expect((await tablet.status()).unsent).toBe(1)
})

test('two tabs meet the hub one at a time', async () => {
  const carried = await carry(led)
  const other = await carried.open(new Store(carried.name))
  await carried.tablet.record('ticket.open', ticket())
  const states = (await Promise.all([carried.tablet.sync(), other.sync()])).map((report) => report.state)
  expect(states.sort()).toEqual(['BUSY', 'SYNCED'])
})

test('more changes than fit in one upload are sent in parts', async () => {
  const carried = await carry(led)
  const lines = Array.from({ length: 501 }, (_, index) => ({
    kind: 'ticket.open' as const,
    data: ticket(gridOne, `第${index}单`),
  }))
  await carried.tablet.recordAll(lines)
  await led.spoil('push', 'too_large')
  expect(await carried.tablet.sync()).toMatchObject({ state: 'SYNCED', sent: 501 })
})

test('a member that was registered is found under the same name by another tablet after the night', async () => {
  const [first, second] = [await carry(led), await carry(led)]
  const [unit] = await led.ids(['unit', 'U1'])
  const made = await first.tablet.record('member.register', {
    unit: unit!,
    number: '077',
    name: '新人',
    grid: gridOne!,
  })
  await first.tablet.sync()
  await led.settle()
  await second.tablet.sync()
  expect(await second.held('member')).toContain(made.entity)
  expect(await second.held('member')).toContain(three)
})

test('who looks on is told what each page brought, and after a reset to read everything again', async () => {
  const carried = await carry(led)
  const told: (number | null)[] = []
  carried.store.listen((news) => {
    if (news.step === 'page') told.push(news.documents?.length ?? null)
  })
  await led.ask('office', { kind: 'member.edit', entity: two, data: { name: '党员 丁' }, saw: 2 ** 52 })
  await carried.tablet.sync()
  await carried.tablet.reset()
  await carried.tablet.sync()
  expect(told).toEqual([1, null])
})
