// What is due on a walk beside tickets: a session with its sign-in, what units owe, whistles, and a reward.

import { expect, Hand, test } from './kit'

test('on one walk without a network a session is held, a duty noted, a whistle answered, and it all counts', async ({
  browser,
  led,
}) => {
  const hand = await Hand.take(browser, led)
  const { page } = hand
  await led.ask('reward', { code: 'towel', zh: '毛巾', points: 3, stock: 1 })
  // The desk had ordered something in house 10 and in house 2 of late.
  const [grid] = await led.ids(['grid', 'LY-1'])
  const houses = [
    ['10号楼', '0190c2a0-0000-7000-8000-000000000010'],
    ['2号楼', '0190c2a0-0000-7000-8000-000000000002'],
  ] as const
  for (const [place, entity] of houses) {
    const data = {
      grid,
      category: 'parking',
      title: `${place}要修锁`,
      place,
      due: '2026-01-05T09:00:00.000Z',
    }
    expect(await led.ask('office', { kind: 'ticket.open', entity, data })).toBe('APPLIED')
  }
  await hand.enrol(led, '平板 W')
  await hand.iAm('013')
  const person = await page.evaluate(() => location.hash.slice(2))
  // More people than fill some screens: how many are not shown is said, and they can be.
  await hand.go('people')
  await expect(page.locator('a.card.line')).toHaveCount(40)
  const more = page.getByRole('button', { name: /还有 \d+ 人/ })
  const [left] = /\d+/.exec(await more.innerText())!
  await more.click()
  await expect(page.locator('a.card.line')).toHaveCount(40 + Number(left))
  await expect(more).toHaveCount(0)
  await hand.go(person)
  const towel = page.getByRole('listitem').filter({ hasText: '毛巾' })
  await expect(towel.getByRole('button', { name: '还差 3 分' })).toBeDisabled()
  await hand.leave(led)

  await hand.go('activity-new')
  await page.getByLabel('什么活动').fill('广场义诊')
  await page.reload()
  await expect(page.getByText('上次没填完的内容还在')).toBeVisible()
  await page.getByRole('button', { name: '保存活动' }).click()
  await page.getByRole('button', { name: '我来签到' }).click()
  await page.getByLabel('给谁签到').fill('017')
  await page.getByRole('button', { name: '017' }).click()
  await expect(page.getByRole('listitem').filter({ hasText: '017' }).getByText('仅在本机')).toBeVisible()
  await page.getByLabel('给谁签到').fill('013')
  await expect(page.getByRole('button', { name: '013' })).toHaveCount(0)
  await hand.shown('signing-in')
  await page.getByRole('link', { name: '记服务' }).click()
  await page.getByLabel('谁参加了').fill('017')
  await page.getByRole('button', { name: '017' }).click()
  await page.getByRole('button', { name: '补记一次' }).click()
  await expect(page.getByLabel('为了什么').locator('option:checked')).toContainText('广场义诊')
  await page.getByRole('button', { name: '保存' }).click()
  const served = page.getByRole('listitem').filter({ hasText: '广场义诊' })
  await expect(served).toHaveCount(2)
  // One of the two was nobody's: taken back, with the reason that is there already.
  await served.first().getByRole('button', { name: '作废' }).click()
  await served.first().getByRole('button', { name: '作废' }).click()
  await expect(served.getByText('已作废')).toBeVisible()

  await hand.open('路口大树要修剪', '安全检查')
  await page.getByRole('link', { name: '吹哨' }).click()
  await page.getByLabel('牵头部门').selectOption({ label: '区住建局' })
  await page.getByLabel('区供电所').check()
  await page.getByRole('button', { name: '吹哨' }).click()
  const called = page.getByRole('listitem').filter({ hasText: '区供电所' })
  await called.getByRole('textbox').fill('断电配合')
  await called.getByRole('button', { name: '来', exact: true }).click()
  await expect(called.getByText('断电配合')).toBeVisible()
  await page.getByText('记一次会商').click()
  await page.getByLabel('区供电所').last().check()
  await page.getByLabel('议定了什么').fill('周六上午修剪')
  await page.getByRole('button', { name: '保存会商' }).click()
  await expect(page.getByText('周六上午修剪')).toBeVisible()
  await hand.shown('whistled')

  await hand.go('today')
  await hand.shown('today-on-the-walk')
  await expect(page.getByRole('heading', { level: 2 }).first()).toHaveText('已逾期 2')
  await expect(page.locator('a.card strong').filter({ hasText: '要修锁' })).toHaveText([
    ...['2号楼要修锁', '10号楼要修锁'],
  ])
  await expect(page.getByRole('link', { name: /路口大树要修剪.*等 区住建局/ })).toBeVisible()
  await expect(page.getByRole('link', { name: /广场义诊/ }).getByText('仅在本机')).toBeVisible()
  const unit = page.getByRole('listitem').filter({ hasText: '区司法局' })
  await unit.getByRole('link', { name: /联系/ }).click()
  await page.getByLabel('内容').fill('走访商户')
  await hand.shown('a-duty')
  await page.getByRole('button', { name: '记下已办' }).click()
  await expect(unit.getByRole('link', { name: /联系.*本期已办.*仅在本机/ })).toBeVisible()

  await hand.comeBack(led)
  await hand.synced()
  await expect(page.getByRole('link', { name: /广场义诊/ }).getByText('待结算')).toBeVisible()
  await led.settle()
  await hand.sync()
  await hand.go('outcomes')
  await page.getByRole('button', { name: /全部/ }).click()
  await expect(page.getByText('已生效。')).toHaveCount(11)

  // Points that are confirmed are exchanged, offline again; the last one is not promised twice.
  await led.ask('reward', { code: 'cup', zh: '水杯', points: 2, stock: 9 })
  await hand.sync()
  await hand.leave(led)
  await hand.go(person)
  await towel.getByRole('button', { name: '兑换' }).click()
  await page.getByRole('button', { name: '确认兑换，3 分' }).click()
  await expect(page.getByText('待定：兑换 3 分')).toBeVisible()
  await expect(page.getByRole('button', { name: '已兑完' })).toBeDisabled()
  await hand.shown('exchanged')

  // The desk was first. What was lost is mended from what became of it, by two taps.
  await hand.comeBack(led)
  await led.ask('redeem', { number: '017', code: 'towel', points: 3 })
  await hand.synced()
  const before = Number(await page.locator('.number').textContent())
  await led.settle()
  await hand.sync()
  await hand.go('outcomes')
  await expect(page.getByText(/最后一件已由党员 017于.*兑走/)).toBeVisible()
  await hand.shown('to-be-mended')
  // A thing of the catalogue is called as the catalogue calls it, in each language.
  await expect(page.getByText('党员 013 · 毛巾')).toBeVisible()
  for (const [language, name] of [
    ['English', 'towel'],
    ['简体中文', '毛巾'],
  ] as const) {
    await hand.go('safe')
    await page.getByRole('button', { name: language }).click()
    await hand.go('outcomes')
    await expect(page.getByText(`· ${name}`)).toBeVisible()
  }
  await page.getByRole('link', { name: '改好再发' }).click()
  await page.getByRole('button', { name: '兑换' }).click()
  await page.getByRole('button', { name: '确认兑换，2 分' }).click()
  await expect(page.getByText('待定：兑换 2 分')).toBeVisible()
  await hand.synced()
  await led.settle()
  await hand.sync()
  await expect(page.locator('.number')).toHaveText(String(before - 2))
  await expect(page.getByText('仅在本机')).toHaveCount(0)
  await hand.go('outcomes')
  await expect(page.getByRole('button', { name: '要看的 0' })).toBeVisible()

  // Nobody gave leave to say where this is: the service is kept without it, and that is said.
  await hand.go('service')
  await page.getByRole('button', { name: '开始服务' }).click()
  await page.getByLabel('附上大概地点').check()
  await page.getByRole('button', { name: '结束并保存' }).click()
  await expect(page.getByText('没有取到位置；服务已保存，没有附地点。')).toBeVisible()
  await expect(page.getByText('正在服务')).toHaveCount(0)
  await hand.context.close()
})
