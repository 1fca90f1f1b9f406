// A liaison's day, whole: enrolled by a code, hours without a network, the night, and what became of it.

import { documents, expect, Hand, test } from './kit'

test('a day in the grid: offline, killed, back again, settled, and told what became of it', async ({
  browser,
  led,
}) => {
  const geolocation = { latitude: 29.53187, longitude: 106.51649 }
  const hand = await Hand.take(browser, led, { geolocation, permissions: ['geolocation'] })
  const { page } = hand
  await hand.enrol(led, '平板 A')
  await hand.iAm('005')
  await expect.poll(() => page.evaluate(() => Boolean(navigator.serviceWorker.controller))).toBe(true)

  await hand.leave(led)
  await hand.open('三号楼门前停车难', '停车难')
  await expect(page.getByText('仅在本机').first()).toBeVisible()
  // The tablet is shared: the one who holds it notes down what another does.
  await page.getByRole('button', { name: '005' }).click()
  await expect(page.getByRole('button', { name: '选择党员' })).toBeDisabled()
  await page.getByLabel('由谁来做').fill('013')
  await page.getByRole('button', { name: '013' }).click()
  await page.getByRole('button', { name: '接单' }).click()
  await expect(page.locator('dd', { hasText: '013' })).toBeVisible()
  await page.getByRole('button', { name: '开始办理' }).click()
  await page.getByRole('button', { name: '办好了' }).click()
  await expect(page.locator('.state')).toHaveText('已办结')
  const course = page.locator('.course li')
  await expect(course).toHaveText([/居民点单/, /接单.*013/, /开始办理.*013/, /办结.*013/])
  // What came of it is photographed when it is done.
  await expect(page.getByLabel('拍照')).toBeAttached()

  // What is being written is there again, beside the next step and not before it, until it is thrown away.
  const note = page.getByLabel('备注')
  await page.getByRole('button', { name: '写备注' }).click()
  await note.fill('住户不在家')
  await page.getByRole('button', { name: '返回' }).last().click()
  await page.getByRole('button', { name: '写备注' }).click()
  await expect(note).toHaveValue('住户不在家')
  await page.reload()
  await expect(page.getByText('“写备注”没写完')).toBeVisible()
  await expect(page.getByRole('button', { name: '居民已确认，关闭' })).toBeVisible()
  await hand.shown('a-note-begun')
  await page.getByRole('button', { name: '接着写' }).click()
  await expect(note).toHaveValue('住户不在家')
  await page.getByRole('button', { name: '返回' }).last().click()
  await page.getByRole('button', { name: '不要了' }).click()
  await page.getByRole('button', { name: '确定不要' }).click()
  await page.getByRole('button', { name: '写备注' }).click()
  await expect(note).toHaveValue('')
  await page.getByRole('button', { name: '返回' }).last().click()

  // The browser is killed and started again, still without a network: the service worker opens the app.
  await page.reload()
  await expect(page.locator('.state')).toHaveText('已办结')
  await expect(page.getByText('4 项只在本机')).toBeVisible()

  await hand.go('register')
  await page.getByLabel('单位').selectOption({ index: 1 })
  await page.getByLabel('编号').fill('990')
  await page.getByLabel('姓名').fill('王新来')
  await page.getByRole('button', { name: '保存登记' }).click()
  await expect(page.getByRole('heading', { name: '王新来' })).toBeVisible()
  // Whoever goes back does not come to the form again.
  await page.goBack()
  await expect(page.getByRole('heading', { name: '登记党员' })).toHaveCount(0)
  await hand.go('people')
  await page.getByLabel('按姓名').fill('wxl')
  await expect(page.getByText('王新来')).toBeVisible()

  await hand.go('service')
  await page.getByLabel('谁参加了').fill('013')
  await page.getByRole('button', { name: '013' }).click()
  await page.reload()
  await page.getByRole('button', { name: /013/ }).click()
  await page.getByRole('button', { name: '开始服务' }).click()
  await expect(page.getByText('正在服务')).toBeVisible()
  await hand.shown('serving')
  // Nobody is kept here by it, but it is said, also when the app was opened anew.
  await page.goto(`${hand.url}#/safe`)
  await page.reload()
  await expect(page.locator('.check-line.warn', { hasText: '有一项服务还在进行' })).toBeVisible()
  await hand.go('service')
  await page.getByRole('button', { name: '不记了' }).click()
  await page.getByRole('button', { name: '留着' }).click()
  // Where it was is said because somebody ticks it, to about 100 m, and for this one only.
  await page.getByLabel('附上大概地点').check()
  await page.getByRole('button', { name: '结束并保存' }).click()
  await expect(page.getByText('服务已保存在本机')).toBeVisible()
  const places = () =>
    page.evaluate(async () => {
      const database = await new Promise<IDBDatabase>((done) => {
        const asked = indexedDB.open('lianxin')
        asked.onsuccess = () => done(asked.result)
      })
      const all = await new Promise<any[]>((done) => {
        const asked = database.transaction('changes').objectStore('changes').getAll()
        asked.onsuccess = () => done(asked.result)
      })
      database.close()
      const services = all.filter((one) => one.kind === 'service.record' && one.body !== null)
      return services.map((one) => JSON.parse(one.body).private?.place ?? null)
    })
  expect(await places()).toEqual([{ lat: 29532, lon: 106516 }])
  await page.getByRole('button', { name: '开始服务' }).click()
  await expect(page.getByLabel('附上大概地点')).not.toBeChecked()
  await page.getByRole('button', { name: '不记了' }).click()
  await page.getByRole('button', { name: '确定不记' }).click()
  await page.getByRole('button', { name: '补记一次' }).click()
  await expect(page.getByLabel('附上大概地点')).toHaveCount(0)
  await page.getByRole('button', { name: '取消' }).click()
  await page.getByRole('button', { name: '确定不要' }).click()
  await hand.go('safe')
  await expect(page.getByText('还不能放心出发')).toBeVisible()
  await expect(page.locator('.check-line', { hasText: '6 项还只在本机' })).toBeVisible()
  // What nobody caught is said, and kept without what anybody wrote.
  await page.evaluate(() => void Promise.reject(new RangeError('138 0000 0000')))
  await expect(page.getByText('应用出了故障')).toBeVisible()
  await page.getByRole('button', { name: '知道了' }).click()
  await expect(page.getByText('应用出了故障')).toHaveCount(0)
  await expect(page.getByText('出过 1 次故障')).toBeVisible()
  await expect(page.getByText('RangeError')).toBeVisible()
  await expect(page.getByText('138 0000 0000')).toHaveCount(0)
  await page.getByRole('button', { name: '已转告，清掉' }).click()
  await expect(page.getByText('RangeError')).toHaveCount(0)
  await hand.shown('not-safe-to-leave')

  await hand.comeBack(led)
  await hand.synced()
  await expect(page.getByText('所做的都已上传')).toBeVisible()
  await hand.go('outcomes')
  await page.getByRole('button', { name: /全部/ }).click()
  await expect(page.getByText('已上传，等待结算。').first()).toBeVisible()
  await led.settle()
  await hand.sync()
  await expect(page.getByText('已生效。')).toHaveCount(6)
  await hand.go('safe')
  await expect(page.getByText('可以出发', { exact: true })).toBeVisible()
  await hand.shown('safe-to-leave')
  await hand.context.close()
})

test('two tablets take one ticket and open one session offline: the later hears who was first', async ({
  browser,
  led,
}) => {
  const [first, second] = [await Hand.take(browser, led), await Hand.take(browser, led)]
  await first.enrol(led, '平板 B')
  await second.enrol(led, '平板 C')
  await first.iAm('007')
  await second.iAm('008')
  await first.open('路口要拓宽', '路口拓宽')
  await first.sync()
  await led.settle()
  await first.sync()
  await second.sync()

  // Who would order the same again is shown that it is there; who orders something else is not.
  await second.go('new')
  const hint = second.page.getByText('可能已有同样的定单')
  await second.page.getByLabel('一句话说清楚').fill('门前路口要拓宽')
  await expect(hint).toBeVisible()
  await second.page.getByLabel('一句话说清楚').fill('二号楼路灯不亮')
  await expect(hint).toHaveCount(0)
  await second.page.getByLabel('一句话说清楚').fill('')

  for (const hand of [first, second]) {
    await hand.context.setOffline(true)
    await hand.go('today')
    await hand.page.getByText('路口要拓宽').click()
    await hand.page.getByRole('button', { name: '接单' }).click()
    await expect(hand.page.locator('.state')).toHaveText('已接单')
    await hand.go('activity-new')
    await hand.page.getByLabel('什么活动').fill('清洁家园')
    await hand.page.getByRole('button', { name: '保存活动' }).click()
    await expect(hand.page.getByRole('heading', { name: '清洁家园', level: 1 })).toBeVisible()
  }
  const sessions: string[] = []
  for (const hand of [first, second]) sessions.push(await hand.page.evaluate(() => location.hash))
  await second.context.setOffline(false)
  await second.synced()
  await first.context.setOffline(false)
  await first.synced()
  await led.settle()
  await second.sync()
  await second.go('outcomes')
  await expect(second.page.getByText('先接者得')).toBeVisible()
  await second.shown('lost')
  await expect(second.page.getByText(/007已于.*接单/)).toBeVisible()
  for (const left of [2, 1]) {
    await expect(second.page.getByRole('button', { name: `要看的 ${left}` })).toBeVisible()
    await second.page.getByRole('button', { name: '知道了' }).first().click()
  }
  await expect(second.page.getByText('没有要看的')).toBeVisible()

  // One session is one, under both ids: the one that was opened later says where to look, the other that there is one.
  await first.sync()
  for (const [hand, own, other, said] of [
    [second, sessions[1]!, sessions[0]!, '这场活动和下面这一场是同一场'],
    [first, sessions[0]!, sessions[1]!, '这场活动另外又登记过一次'],
  ] as const) {
    await hand.go(own.slice(2))
    await expect(hand.page.locator('.warn', { hasText: said })).toBeVisible()
    await expect(hand.page.locator('.same a')).toHaveAttribute('href', other)
  }
  await second.go(sessions[1]!.slice(2))
  await second.shown('one-session')
  // Who would open it once more is shown that it is held, and is there by one tap.
  await second.go('activity-new')
  await second.page.getByLabel('什么活动').fill('广场义诊')
  await expect(second.page.getByText('可能已有同一场活动')).toHaveCount(0)
  await second.page.getByLabel('什么活动').fill('清洁家园行动')
  await expect(second.page.getByText('可能已有同一场活动')).toBeVisible()
  await second.shown('held-already')
  await second.page.getByRole('link', { name: /清洁家园/ }).click()
  await expect(second.page).toHaveURL(new RegExp(`${sessions[0]}$`))
  await first.context.close()
  await second.context.close()
})

/** What a screen says in Chinese, but for what people are called and wrote, and for the name of the other language. */
async function chinese({ page }: Hand): Promise<string[]> {
  const said = await page.evaluate(() => {
    const read = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
    const found = [document.title]
    while (read.nextNode()) {
      const within = read.currentNode.parentElement!
      if (within.checkVisibility() || within.closest('option, details, datalist'))
        found.push(read.currentNode.textContent ?? '')
    }
    for (const one of document.querySelectorAll('body *')) {
      const names = ['aria-label', 'placeholder', 'alt', 'title'].map((name) => one.getAttribute(name) ?? '')
      found.push(...names, one instanceof HTMLInputElement ? one.value : '')
    }
    return found
  })
  const data = [...written((await documents(page)).map((one) => one.body)), '简体中文']
  data.sort((one, other) => other.length - one.length)
  const left = said.map((text) => data.reduce((rest, one) => rest.replaceAll(one, ''), text).trim())
  return [...new Set(left.filter((text) => HAN.test(text)))]
}

const HAN = /\p{Script=Han}/u

/** Every text with Chinese in it that is no name in several languages: those are to be said in English. */
function written(value: unknown): string[] {
  if (typeof value === 'string') return HAN.test(value) ? [value] : []
  if (typeof value !== 'object' || value === null || 'zh' in value) return []
  return Object.values(value).flatMap(written)
}

test('the same day in English: every screen says it in English, and a post is taken for somebody', async ({
  browser,
  led,
}) => {
  const hand = await Hand.take(browser, led)
  const { page } = hand
  await led.ask('post', { code: 'help', zh: '帮办岗', seats: 1 })
  await page.goto(hand.url)
  await hand.speakEnglish()
  const left: Record<string, string[]> = {}
  const seen = async (name: string) => {
    await hand.picture(`moment-en-${name}`)
    left[name] = await chinese(hand)
  }
  await seen('enrol')
  await hand.ask(led, 'Tablet G')
  await expect(page.getByText('Everything has come and is checked')).toBeVisible()
  await seen('enrolled')
  await hand.button('enrol.begin').click()
  await hand.synced()
  await seen('today-empty')
  await hand.iAm('005')

  await hand.leave(led)
  const post = page.getByRole('listitem').filter({ hasText: 'help' })
  await post.getByRole('button', { name: 'Take the post' }).click()
  await expect(post.getByText('Only here')).toBeVisible()
  await hand.shown('a-post')
  await seen('person')
  await hand.open('No room to park at house 3', 'Parking')
  await hand.button('ticket.step.claim').click()
  await hand.button('ticket.step.start').click()
  await seen('ticket')
  await hand.button('ticket.step.finish').click()
  await expect(page.locator('.state')).toHaveText('Done')
  await expect(page.locator('.course li')).toHaveText([/resident/, /Took a ticket/, /Started/, /Finished/])
  await hand.button('ticket.step.note').click()
  await page.getByLabel('Note').fill('Nobody was at home')
  await page.reload()
  await expect(page.getByText('“Note” is not finished')).toBeVisible()
  await expect(page.getByText('5 only on this tablet')).toBeVisible()
  await seen('ticket-again')
  await hand.go('new')
  await seen('new')
  await hand.go('register')
  await page.getByLabel('Unit').selectOption({ index: 1 })
  await page.getByLabel('Number').fill('989')
  await page.getByLabel('Name').fill('Ann Newcomer')
  await seen('register')
  await hand.button('register.go').click()
  await expect(page.getByRole('heading', { name: 'Ann Newcomer' })).toBeVisible()
  await hand.go('service')
  await hand.button('service.begin').click()
  await expect(page.getByText('Under way')).toBeVisible()
  await page.reload()
  await expect(page.getByText('Under way')).toBeVisible()
  await seen('serving')
  await hand.button('service.end').click()
  await expect(page.getByText('The service is saved on this tablet')).toBeVisible()
  await hand.button('service.later').click()
  await seen('service')
  for (const screen of ['people', 'activities', 'activity-new', 'duties', 'today', 'safe']) {
    await hand.go(screen)
    await seen(screen)
  }
  await expect(page.getByText('Not quite yet')).toBeVisible()

  await hand.comeBack(led)
  await hand.synced()
  await hand.go('outcomes')
  await page.getByRole('button', { name: /^All/ }).click()
  await expect(page.getByText('Sent; the settlement will decide.').first()).toBeVisible()
  await seen('sent')
  await led.settle()
  await hand.sync()
  await expect(page.getByText('It stands.')).toHaveCount(7)
  await seen('settled')
  await hand.go('safe')
  await expect(page.getByText('Safe to leave', { exact: true })).toBeVisible()
  await seen('safe-to-leave')
  await hand.iAm('007')
  await hand.iAm('005')
  await expect(page.getByRole('button', { name: 'Leave the post' })).toBeVisible()
  await expect(page.getByText('Only here')).toHaveCount(0)
  expect(Object.entries(left).filter(([, said]) => said.length > 0)).toEqual([])
  await hand.context.close()
})
