// What did not come to stand is mended: every kind that a screen can mend opens its form filled in, apart from
// what was being typed there, and is sent anew. What nobody sent is kept, said, and taken back when it was a slip.

import type { Page } from '@playwright/test'

import { MENDED_KINDS } from '../../src/app/mending'
import { expect, Hand, test } from './kit'

/** A change that the night refused, as the tablet keeps it. */
interface Refused {
  kind: string
  entity?: string
  data: object
  private?: object
}

/** Puts what became of these into the tablet, as if it had been told. */
function refuse(page: Page, changes: Refused[]): Promise<string[]> {
  return page.evaluate(async (lines) => {
    const database = await new Promise<IDBDatabase>((done) => {
      const asked = indexedDB.open('lianxin')
      asked.onsuccess = () => done(asked.result)
    })
    const writing = database.transaction('changes', 'readwrite')
    const ids: string[] = []
    for (const { entity = crypto.randomUUID(), ...line } of lines) {
      const id = crypto.randomUUID()
      const raw = { id, at: '2026-03-16T01:00:00.000Z', run: 1, saw: 0, entity, by: null, ...line }
      const sentence = { zh: `没有生效 ${line.kind}`, en: 'refused' }
      const word = { outcome: 'REJECTED', code: 'REFUSED', sentence }
      const { kind, at, run } = raw
      const mend = { body: JSON.stringify(raw), untilMs: 9e15 }
      writing
        .objectStore('changes')
        .add({ id, kind, entity, at, run, body: null, quarantine: null, word, mend })
      ids.push(id)
    }
    await new Promise((done) => (writing.oncomplete = done))
    database.close()
    return ids
  }, changes)
}

/** The kinds of what waits here, with what they say. */
function recorded(page: Page): Promise<{ kind: string; data: any; private?: any }[]> {
  return page.evaluate(async () => {
    const database = await new Promise<IDBDatabase>((done) => {
      const asked = indexedDB.open('lianxin')
      asked.onsuccess = () => done(asked.result)
    })
    const all = await new Promise<any[]>((done) => {
      const asked = database.transaction('changes').objectStore('changes').getAll()
      asked.onsuccess = () => done(asked.result)
    })
    database.close()
    return all.filter((one) => one.body !== null).map((one) => JSON.parse(one.body))
  })
}

const here = (page: Page) => page.evaluate(() => location.hash.slice(2).split('?')[0]!)

test('every kind that a screen can mend opens its form filled in, and is sent anew', async ({
  browser,
  led,
}) => {
  const hand = await Hand.take(browser, led)
  const { page } = hand
  await hand.enrol(led, '平板 M')
  await hand.iAm('005')
  const member = (await here(page)).split('/')[1]!
  await hand.leave(led)
  // Something to hang whistles and steps on, made as one makes it.
  await hand.open('有事要商量', '停车难')
  const ticket = (await here(page)).split('/')[1]!
  await page.getByRole('link', { name: '吹哨' }).click()
  await page.getByLabel('牵头部门').selectOption({ label: '区住建局' })
  await page.getByRole('button', { name: '吹哨' }).click()
  await expect(page.getByRole('heading', { name: '叫到的部门' })).toBeVisible()
  const whistle = (await here(page)).split('/')[1]!
  const blown = (await recorded(page)).find((one) => one.kind === 'whistle.blow')!
  const unit: string = blown.data.lead
  const opened = (await recorded(page)).find((one) => one.kind === 'ticket.open')!
  const { grid } = opened.data
  const { community } = await page.evaluate(async () => {
    const database = await new Promise<IDBDatabase>((done) => {
      const asked = indexedDB.open('lianxin')
      asked.onsuccess = () => done(asked.result)
    })
    return new Promise<any>((done) => {
      const asked = database.transaction('documents').objectStore('documents').getAll()
      asked.onsuccess = () => {
        database.close()
        done(asked.result.find((one: any) => one.collection === 'grid').body)
      }
    })
  })
  const moment = (hour: number) => ({ at: `2026-03-16T0${hour}:00:00.000Z`, run: 1 })
  const soon = new Date(Date.now() + 86_400_000).toISOString()

  type Case = Refused & { filled: () => Promise<void>; send: () => Promise<void> }
  const field = (label: string, value: string) => () => expect(page.getByLabel(label)).toHaveValue(value)
  const press = (name: string) => () => page.getByRole('button', { name, exact: true }).first().click()
  const step = (kind: string, button: string, label: string): Case => ({
    ...{ kind: `ticket.${kind}`, entity: ticket },
    ...(kind === 'note'
      ? { data: {}, private: { salt: 'a', text: '说过的话' } }
      : kind === 'close'
        ? { data: { rating: 4 }, private: { salt: 'a', words: '说过的话' } }
        : { data: { reason: '说过的话' } }),
    ...{ filled: field(label, '说过的话'), send: press(button) },
  })
  const cases: Case[] = [
    {
      ...{ kind: 'ticket.open', data: { grid, category: 'parking', title: '旧的定单', place: '三号楼' } },
      ...{ private: { salt: 'a', detail: '细节' } },
      filled: async () => {
        await field('一句话说清楚', '旧的定单')()
        await field('地点（可不填）', '三号楼')()
        await page.getByRole('radio', { name: '停车难' }).check()
      },
      send: press('保存定单'),
    },
    {
      ...{ kind: 'member.register', data: { unit, number: '991', name: '李旧登', grid } },
      ...{ filled: field('姓名', '李旧登'), send: press('保存登记') },
    },
    {
      ...{ kind: 'service.record', data: { member, start: moment(1), end: moment(2), ticket } },
      ...{ private: { salt: 'a', summary: '修了门' } },
      ...{ filled: field('做了什么（可不填）', '修了门'), send: press('保存') },
    },
    {
      kind: 'activity.open',
      data: { community, title: '旧的活动', start: moment(1).at, end: moment(2).at, grid },
      ...{ filled: field('什么活动', '旧的活动'), send: press('保存活动') },
    },
    {
      ...{
        kind: 'duty.record',
        data: { unit, community, kind: 'CONTACT', on: '2026-03-16', topic: '旧的走访' },
      },
      ...{ filled: field('内容（可不填）', '旧的走访'), send: press('记下已办') },
    },
    {
      kind: 'whistle.blow',
      data: { ticket, lead: unit, departments: [unit], deadline: soon },
      ...{ filled: field('牵头部门', unit), send: press('吹哨') },
    },
    {
      ...{ kind: 'whistle.answer', entity: whistle },
      data: { answer: 'COMING', department: unit, part: '旧的分工' },
      filled: () => expect(page.getByLabel(/承担什么/)).toHaveValue('旧的分工'),
      send: press('来'),
    },
    {
      ...{ kind: 'whistle.meet', entity: whistle },
      data: { met: moment(1).at, present: [unit], record: '旧的议定' },
      ...{ filled: field('议定了什么', '旧的议定'), send: press('保存会商') },
    },
    step('note', '写备注', '备注'),
    step('pause', '暂停办理', '原因'),
    step('cancel', '取消定单', '原因'),
    step('reopen', '重新打开', '原因'),
    step('close', '居民已确认，关闭', '备注'),
  ]
  // A redemption needs points: the walk shows that one.
  expect([...cases.map((one) => one.kind), 'points.redeem'].sort()).toEqual([...MENDED_KINDS].sort())

  await refuse(
    page,
    cases.map(({ filled: _, send: __, ...one }) => one),
  )
  // An unfinished form stays what it was, whatever is mended beside it.
  await hand.go('new')
  await page.getByLabel('一句话说清楚').fill('写到一半的')
  await page.reload()
  await expect(page.getByLabel('一句话说清楚')).toHaveValue('写到一半的')
  for (const one of cases) {
    await hand.go('outcomes')
    const card = page.getByRole('listitem').filter({ hasText: `没有生效 ${one.kind}` })
    await card.getByRole('link', { name: '改好再发' }).click()
    await one.filled()
    const before = (await recorded(page)).filter(({ kind }) => kind === one.kind).length
    await one.send()
    await expect
      .poll(async () => (await recorded(page)).filter(({ kind }) => kind === one.kind).length, one.kind)
      .toBe(before + 1)
    // What was sent leads to its own screen, and where nothing is left to be looked at all there is is shown.
    await expect(async () => {
      await hand.go('outcomes')
      await page.getByRole('button', { name: /^要看的/ }).click({ timeout: 1_000 })
      await expect(card).toHaveCount(0, { timeout: 2_000 })
    }).toPass()
  }
  await hand.go('new')
  await expect(page.getByLabel('一句话说清楚')).toHaveValue('写到一半的')
  await page.getByRole('button', { name: '不要了' }).click()
  await page.getByRole('button', { name: '留着' }).click()
  await expect(page.getByLabel('一句话说清楚')).toHaveValue('写到一半的')
  await page.getByRole('button', { name: '不要了' }).click()
  await page.getByRole('button', { name: '确定不要' }).click()
  await expect(page.getByLabel('一句话说清楚')).toHaveValue('')

  // What is being mended is found again by the same way, with its change; a slip is taken back; a ticket that
  // is nowhere leads to where it is mended.
  const [lost] = await refuse(page, [
    { kind: 'ticket.open', data: { grid, category: 'parking', title: '没成的定单' }, entity: '0190-lost' },
  ])
  await page.reload()
  await hand.go('ticket/0190-lost')
  await page.getByRole('link', { name: '改好再发' }).click()
  await page.getByLabel('一句话说清楚').fill('改到一半')
  await expect.poll(() => page.evaluate(() => localStorage.getItem('drafts left'))).toBeNull()
  await hand.go('outcomes')
  const card = page.getByRole('listitem').filter({ hasText: '没有生效 ticket.open' })
  await expect(card.getByRole('link', { name: '去看看' })).toHaveCount(0)
  await card.getByRole('button', { name: '知道了' }).click()
  await expect(card).toHaveCount(0)
  await page.getByRole('button', { name: '撤回' }).click()
  await hand.shown('read-by-a-slip')
  await card.getByRole('link', { name: '改好再发' }).click()
  expect(page.url()).toContain(lost!)
  await expect(page.getByLabel('一句话说清楚')).toHaveValue('改到一半')
  await hand.comeBack(led)
  await hand.context.close()
})
