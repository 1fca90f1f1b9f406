// The app as a thing on a tablet: how much it loads, that it installs, what a new version, a second tab, a full
// disk, a wrong clock and a passer-by do to it.

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'

import { launchOptions } from '../../playwright.config'
import type { Route } from '@playwright/test'

import type { Led } from '../led'
import { documents, expect, Hand, SIZES, test } from './kit'

const DIST = fileURLToPath(new URL('../../dist/', import.meta.url))
const FIRST_LOAD_BYTES = 200_000

test('the first load is within its budget, and everything it needs is kept for later', async ({
  browser,
  led,
}) => {
  const files = readdirSync(`${DIST}assets`).filter((name) => /\.(js|css)$/.test(name))
  const packed = files.map((name) => gzipSync(readFileSync(`${DIST}assets/${name}`)).length)
  const bytes = packed.reduce((sum, one) => sum + one, 0)
  console.log(`first load: ${bytes} bytes of compressed JavaScript and CSS`)
  expect(bytes).toBeLessThan(FIRST_LOAD_BYTES)

  const hand = await Hand.take(browser, led)
  const loaded = new Set<string>()
  hand.page.on('response', (answer) => loaded.add(new URL(answer.url()).pathname))
  await hand.page.goto(hand.url)
  await expect.poll(() => hand.page.evaluate(() => Boolean(navigator.serviceWorker.controller))).toBe(true)
  const own = await hand.context.newCDPSession(hand.page)
  const errors = (await own.send('Page.getInstallabilityErrors')).installabilityErrors.map(
    (one) => one.errorId,
  )
  expect(errors.filter((one) => one !== 'in-incognito')).toEqual([])
  expect([...loaded].filter((path) => !path.startsWith('/tablet/'))).toEqual([])
  await hand.context.setOffline(true)
  await hand.page.reload()
  await expect(hand.page.getByRole('heading', { name: '登记这台平板' })).toBeVisible()
  await hand.context.close()
})

test('a new version waits for a person, and a draft in the middle of it is kept', async ({
  browser,
  led,
}) => {
  const hand = await Hand.take(browser, led)
  const { page } = hand
  await hand.enrol(led, '平板')
  await hand.go('safe')
  await page.getByRole('button', { name: '查找新版本' }).click()
  await expect(page.getByText('没有更新的版本')).toBeVisible()
  const drafts = await smallForms(hand)
  await hand.go('new')
  await page.getByLabel('一句话说清楚').fill('写到一半')
  await page.reload()
  for (const [, found] of drafts) await found()
  // As an app of before would have left them, by the names that it gave them.
  const [ticket] = drafts.map(([where]) => where.split('/')[1]!)
  await page.evaluate(async (id) => {
    const database = await new Promise<IDBDatabase>((done) => {
      const asked = indexedDB.open('lianxin')
      asked.onsuccess = () => done(asked.result)
    })
    const writing = database.transaction('drafts', 'readwrite')
    const times = { from: '2026-03-16T08:00', until: '2026-03-16T09:00', members: [], ticket: '' }
    writing.objectStore('drafts').put({ key: `note ${id}`, value: '旧版本里的备注' })
    writing
      .objectStore('drafts')
      .put({ key: 'service later', value: { ...times, summary: '旧版本里的补记' } })
    await new Promise((done) => (writing.oncomplete = done))
    database.close()
  }, ticket)
  await hand.go('new')
  await led.ask('newer_app')
  // The hub says that the app is too old: it looks for a newer one by itself.
  await page.evaluate(() => {
    const error = { message: 'too old', extensions: { code: 'PROTOCOL' } }
    window.fetch = async () => Response.json({ errors: [error] })
  })
  await page.getByRole('button', { name: '立即同步' }).click()
  await expect(page.getByText('应用版本太旧，请更新')).toBeVisible()
  await expect(page.getByText('新版本已就绪')).toBeVisible()
  await expect(page.getByLabel('一句话说清楚')).toHaveValue('写到一半')
  const reloaded = page.waitForEvent('load')
  await page.getByRole('button', { name: '现在更新' }).click()
  await reloaded
  await expect(page.getByText('上次没填完的内容还在')).toBeVisible()
  await expect(page.getByLabel('一句话说清楚')).toHaveValue('写到一半')
  for (const [, found] of drafts) await found()
  await hand.go(`ticket/${ticket}`)
  await expect(page.getByText('“写备注”没写完')).toBeVisible()
  await page.getByRole('button', { name: '接着写' }).click()
  await expect(page.getByLabel('备注')).toHaveValue('旧版本里的备注')
  await hand.go('service')
  await expect(page.getByLabel('做了什么')).toHaveValue('旧版本里的补记')
  await hand.context.close()
})

/** Something is being typed in every smaller form: where it is, and how it is found there again. */
async function smallForms(hand: Hand): Promise<[where: string, found: () => Promise<void>][]> {
  const { page } = hand
  const here = () => page.evaluate(() => location.hash.slice(2))
  const kept = () => expect(page.getByText('上次没填完的内容还在')).toBeVisible()
  await hand.open('要吹哨的定单', '停车难')
  const blow = (await here()).replace('ticket', 'blow')
  await hand.go(blow)
  await page.getByLabel('牵头部门').selectOption({ label: '区住建局' })
  await hand.button('whistle.blow').click()
  await expect(page.getByRole('heading', { name: '叫到的部门' })).toBeVisible()
  const whistle = await here()
  await page.getByLabel(/承担什么/).fill('带一台吊车')
  await page.getByText('记一次会商').click()
  await page.getByLabel('议定了什么').fill('议到一半')
  await hand.go(blow)
  await page.getByLabel('牵头部门').selectOption({ label: '区司法局' })
  await page.getByLabel('区供电所').check()
  await hand.go('duties')
  await page.getByRole('link', { name: /总结/ }).first().click()
  const duty = (await here()).split('?')[0]!
  await page.getByLabel('内容').fill('记下的一项')
  await hand.button('duty.save').click()
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(hand.words['duty.title'])
  await hand.go(duty)
  await page.getByLabel('内容').fill('写到一半的一项')
  await hand.button('void.go').click()
  await page.getByLabel('为什么作废').fill('记错了单位')
  return [
    [
      blow,
      async () => {
        await hand.go(blow)
        await kept()
        await expect(page.getByLabel('牵头部门').locator('option:checked')).toHaveText('区司法局')
        await expect(page.getByLabel('区供电所')).toBeChecked()
      },
    ],
    [
      whistle,
      async () => {
        await hand.go(whistle)
        await kept()
        await expect(page.getByLabel(/承担什么/)).toHaveValue('带一台吊车')
        await expect(page.getByLabel('议定了什么')).toHaveValue('议到一半')
      },
    ],
    [
      duty,
      async () => {
        await hand.go(duty)
        await kept()
        await expect(page.getByLabel('内容')).toHaveValue('写到一半的一项')
        await hand.button('void.go').click()
        await expect(page.getByLabel('为什么作废')).toHaveValue('记错了单位')
      },
    ],
  ]
}

test('a key that is not valid leads to enrolling again, and what is unsent goes along; a scanned address asks first', async ({
  browser,
  led,
}) => {
  const hand = await Hand.take(browser, led)
  const { page } = hand
  await hand.enrol(led, '平板 旧')
  await page.evaluate(
    () =>
      new Promise<void>((done) => {
        const asked = indexedDB.open('lianxin')
        asked.onsuccess = () => {
          const writing = asked.result.transaction('meta', 'readwrite')
          writing.objectStore('meta').put({ key: 'token', value: 'not a key of this hub' })
          writing.oncomplete = () => (asked.result.close(), done())
        }
      }),
  )
  await hand.open('凭证失效时记下的', '停车难')
  await expect(page.getByText('未上传的 1 项会一起带过去')).toBeVisible()
  await hand.go('safe')
  await expect(page.getByRole('link', { name: '重新登记这台平板' })).toHaveCount(2)
  await page.locator('header.bar a', { hasText: '凭证无效：请重新登记' }).click()
  await expect(page.getByText('本机还有 1 项没上传：它们会一起带过去')).toBeVisible()
  await expect(page.getByLabel('这台平板叫什么')).toHaveValue('平板 旧')
  await hand.shown('enrol-again')
  await page.getByLabel('登记码').fill(await led.code('LY-1'))
  await page.getByRole('button', { name: '重新登记' }).click()
  await page.getByRole('button', { name: '开始' }).click()
  await hand.synced()
  await expect(page.getByRole('link', { name: /凭证失效时记下的/ })).toBeVisible()

  const code = await led.code('LY-2')
  await page.goto(`${hand.url}#${code}`)
  await expect(page.getByLabel('登记码')).toHaveValue(code)
  await expect(page.getByText('这台平板已登记为“平板 旧”，携带 LY-1')).toBeVisible()
  await page.getByRole('button', { name: '不登记，回去工作' }).click()
  await expect(page.getByRole('link', { name: /凭证失效时记下的/ })).toBeVisible()
  await hand.context.close()
})

/** Small pages, of which so many come before the road breaks; where each of them went on from. */
async function onABadRoad(
  hand: Hand,
  pages: number,
): Promise<{ asked: (string | null)[]; mend: () => void }> {
  const asked: (string | null)[] = []
  let left = pages
  await hand.context.route('**/graphql', async (route) => {
    const said = route.request().postDataJSON() as { operationName?: string; variables: any } | null
    if (said?.operationName !== 'pull') return route.fallback()
    if (left-- <= 0) return route.abort('connectionreset')
    asked.push(said.variables.after)
    said.variables.limit = 60
    await route.continue({ postData: said })
  })
  return { asked, mend: () => (left = Infinity) }
}

/** Enrols on it: how much of how much, in use before it is all here, and on from where it broke. */
async function breakTheFirstDownload(hand: Hand, led: Led): Promise<void> {
  const { page } = hand
  const road = await onABadRoad(hand, 2)
  await page.goto(hand.url)
  await hand.ask(led, '平板')
  await expect(page.getByText('断线了，资料还没收完')).toBeVisible()
  const bar = page.getByRole('progressbar', { name: '正在同步' })
  const shown = await bar.evaluate((one: HTMLProgressElement) => [one.value, one.max])
  const count = () => documents(page).then((all) => all.length)
  expect(shown[0]).toBe(await count())
  expect(shown[0]).toBeGreaterThan(60)
  expect(shown[0]).toBeLessThan(shown[1]!)
  await expect(page.getByText(`正在接收：${shown[0]} / ${shown[1]} 份`)).toBeVisible()
  await hand.shown('first-download-broken')

  // What is here is worked with, and it is nowhere called complete.
  await hand.button('enrol.begin').click()
  await expect(page.getByText('已全部同步并核对')).toHaveCount(0)
  await hand.open('资料没收完就记下的', '停车难')
  await hand.go('safe')
  await expect(page.locator('.check-line.bad', { hasText: '资料还没下载完或没核对过' })).toBeVisible()
  const [came, before] = [road.asked.length, await count()]
  road.mend()
  await hand.sync()
  const whole = await count()
  expect(road.asked.slice(came).includes(null), 'nothing is fetched a second time').toBe(false)
  expect([before, whole]).toEqual([shown[0], shown[1]])
  await expect(page.locator('.check-line.fine', { hasText: '资料已全部下载' })).toBeVisible()
  await hand.context.unroute('**/graphql')
}

/** Somebody looks at the app again while a meeting is under way: what was recorded in it goes in the next, at once. */
async function wishWhileMeeting(hand: Hand): Promise<void> {
  const { page } = hand
  let goOn = () => {}
  const held = new Promise<void>((done) => (goOn = done))
  let reached = () => {}
  const pulling = new Promise<void>((done) => (reached = done))
  await hand.context.route('**/graphql', async (route) => {
    if ((route.request().postDataJSON() as any)?.operationName === 'pull') {
      reached()
      await held
    }
    await route.continue()
  })
  await page.getByRole('button', { name: '立即同步' }).first().click()
  await pulling
  await hand.open('别的事还没完时记下的', '停车难')
  // The timer that follows every record is not what is looked at here.
  await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')))
  await page.evaluate(() => new Promise((done) => setTimeout(done)))
  await expect(page.getByText('1 项只在本机')).toBeVisible()
  goOn()
  await hand.synced()
  await hand.context.unroute('**/graphql')
}

test('a first download that breaks goes on where it was, and a wish is remembered; a portal, half an answer and a five-hundred are no answer', async ({
  browser,
  led,
}) => {
  const hand = await Hand.take(browser, led, { serviceWorkers: 'block' })
  const { page } = hand
  await breakTheFirstDownload(hand, led)
  await wishWhileMeeting(hand)
  const ways: ((route: Route) => Promise<void>)[] = [
    (route) => route.fulfill({ contentType: 'text/html', body: '<h1>欢迎使用无线网络</h1>' }),
    (route) => route.fulfill({ contentType: 'application/json', body: '{"data": {"now": "2026-' }),
    (route) => route.fulfill({ status: 500, body: 'oh' }),
    (route) => route.abort('connectionreset'),
  ]
  let asked = 0
  await hand.context.route('**/graphql', (route) => ways[asked++ % ways.length]!(route))
  await hand.open('在坏路上', '停车难')
  await expect(page.getByText('没连上：已传 0 项')).toBeVisible()
  await expect(page.getByText('1 项只在本机')).toBeVisible()
  expect(asked).toBeGreaterThanOrEqual(ways.length)
  await hand.shown('not-through')
  await hand.context.unroute('**/graphql')
  await hand.sync()
  await hand.context.close()
})

test('two tabs see what the other records, and send it once', async ({ browser, led }) => {
  const hand = await Hand.take(browser, led)
  await hand.enrol(led, '平板')
  await hand.context.setOffline(true)
  const other = await hand.context.newPage()
  await other.goto(hand.url)
  await hand.open('两个页面都看得到', '停车难')
  await expect(other.getByText('两个页面都看得到')).toBeVisible()
  await hand.context.setOffline(false)
  await hand.synced()
  await expect(other.getByText('项只在本机')).toHaveCount(0)
  await hand.context.close()
})

test('a full disk is said before the person walks on; a browser that is killed has lost nothing', async ({
  playwright,
  led,
}, info) => {
  // Only a profile on the disk has a quota that is held to; what is set here is that of a full tablet.
  const options = { ...launchOptions, locale: 'zh-CN', viewport: SIZES.phone }
  const profile = info.outputPath('profile')
  const context = await playwright.chromium.launchPersistentContext(profile, options)
  const hand = await Hand.with(context, led)
  const { page } = hand
  const origin = new URL(hand.url).origin
  const tools = await context.newCDPSession(page)
  const room = (quotaSize: number) => tools.send('Storage.overrideQuotaForOrigin', { origin, quotaSize })
  await room(6_000_000)
  await hand.enrol(led, '平板')
  await context.setOffline(true)
  await hand.open('还存得下', '停车难')
  const kept = await fill(hand)
  expect(kept).toBeGreaterThan(0)

  await hand.go('new')
  await page.getByRole('radio', { name: '停车难' }).check()
  await page.getByLabel('一句话说清楚').fill('存不下的定单')
  await expect(page.getByText('您正在填的没有存下')).toBeVisible()
  await page.getByRole('button', { name: '保存定单' }).click()
  await expect(page.getByText('没有保存：本机存储已满')).toBeVisible()
  await expect(page.getByLabel('一句话说清楚')).toHaveValue('存不下的定单')
  await hand.shown('full')
  await hand.go('safe')
  await expect(page.getByText('本机存储快满了')).toBeVisible()
  await expect(page.getByText('还不能放心出发')).toBeVisible()

  // What was said to be saved is there, and once there is room again all goes on.
  await page.reload()
  await hand.go('today')
  await expect(page.getByRole('link', { name: /还存得下/ })).toBeVisible()
  await expect(page.getByText('1 项只在本机')).toBeVisible()
  await page.evaluate(() => indexedDB.deleteDatabase('other apps'))
  await room(1e9)
  await expect(async () => {
    await hand.open('存不下的定单', '停车难')
  }).toPass()

  // Killed the moment it was said to be saved, without warning; opened again without a network.
  const pid = browserOf(profile)
  process.kill(pid, 'SIGKILL')
  await expect.poll(() => existsSync(`/proc/${pid}/cmdline`)).toBe(false)
  const again = await Hand.with(await playwright.chromium.launchPersistentContext(profile, options), led)
  await again.context.setOffline(true)
  await again.page.goto(again.url)
  await expect(again.page.getByRole('link', { name: /还存得下/ })).toBeVisible()
  await expect(again.page.getByRole('link', { name: /存不下的定单/ })).toBeVisible()
  await expect(again.page.getByText('2 项只在本机')).toBeVisible()
  await again.context.setOffline(false)
  await again.synced()
  await again.context.close()
})

/** The browser that this test started on its own profile: the process that is no child of another of them. */
function browserOf(profile: string): number {
  for (const name of readdirSync('/proc').filter((one) => /^\d+$/.test(one)))
    try {
      const words = readFileSync(`/proc/${name}/cmdline`, 'utf8').split('\0')
      const own = words.includes(`--user-data-dir=${profile}`)
      if (own && !words.some((word) => word.startsWith('--type='))) return Number(name)
    } catch {
      // It ended meanwhile.
    }
  throw new Error('the browser is not running')
}

/** Fill what room there is, in ever smaller pieces; how many were kept. */
function fill(hand: Hand): Promise<number> {
  return hand.page.evaluate(async () => {
    const database = await new Promise<IDBDatabase>((done) => {
      const asked = indexedDB.open('other apps')
      asked.onupgradeneeded = () => asked.result.createObjectStore('pieces', { autoIncrement: true })
      asked.onsuccess = () => done(asked.result)
    })
    let count = 0
    for (let size = 1 << 19; size >= 1 << 8; size >>= 1)
      for (let fits = true; fits; count += Number(fits))
        fits = await new Promise<boolean>((done) => {
          const piece = new Uint8Array(size)
          for (let at = 0; at < size; at += 65_536) crypto.getRandomValues(piece.subarray(at, at + 65_536))
          const writing = database.transaction('pieces', 'readwrite', { durability: 'strict' })
          writing.objectStore('pieces').add(piece)
          writing.oncomplete = () => done(true)
          writing.onabort = () => done(false)
        })
    database.close()
    return count
  })
}

test('the QR code of an enrolment is read by the camera, held at a slant', async ({
  playwright,
  led,
}, info) => {
  const film = info.outputPath('code.y4m')
  await mkdir(dirname(film), { recursive: true })
  const code = await led.ask<string>('film', { file: film, grids: ['LY-1'] })
  const args = [...launchOptions.args, `--use-file-for-fake-video-capture=${film}`]
  const browser = await playwright.chromium.launch({ ...launchOptions, args })
  const hand = await Hand.take(browser, led, { locale: 'zh-CN', viewport: SIZES.phone })
  const { page } = hand
  await page.goto(hand.url)
  await page.getByRole('button', { name: '扫描二维码' }).click()
  await expect(page.getByLabel('登记码')).toHaveValue(code)
  await expect(page.locator('video')).toHaveCount(0)
  await page.getByRole('button', { name: '登记', exact: true }).click()
  await expect(page.getByRole('button', { name: '开始' })).toBeVisible()
  await browser.close()
})

test('a clock three days fast is said, does no harm, and the hub knows when it was', async ({
  browser,
  led,
}) => {
  const hand = await Hand.take(browser, led)
  const { page } = hand
  await page.addInitScript((days) => {
    const real = Date.now
    const ahead = days * 86_400_000
    Date.now = () => real() + ahead
  }, 3)
  await hand.enrol(led, '平板')
  await hand.open('时钟快三天', '停车难')
  await hand.sync()
  await led.settle()
  await hand.sync()
  await hand.go('safe')
  await expect(page.getByText('时钟差了 3 天')).toBeVisible()
  const openedAt = (await documents(page)).find((one) => one.body.title === '时钟快三天').body
    .openedAt as string
  expect(Math.abs(Date.parse(openedAt) - Date.now())).toBeLessThan(60_000)
  await hand.context.close()
})

test('a PIN keeps a passer-by out, also after a reload', async ({ browser, led }) => {
  const hand = await Hand.take(browser, led)
  const { page } = hand
  await hand.enrol(led, '平板')
  await hand.go('safe')
  await page.getByRole('button', { name: '设置密码' }).click()
  await page.getByLabel('新密码').fill('2580')
  await page.getByLabel('再输一次').fill('2508')
  await page.getByRole('button', { name: '设为密码' }).click()
  await expect(page.getByText('两次输入的不一样')).toBeVisible()
  await page.getByRole('button', { name: '显示密码' }).click()
  await page.getByLabel('再输一次').fill('2580')
  await hand.shown('pin')
  await page.getByRole('button', { name: '设为密码' }).click()
  await expect(page.getByText('密码已设好')).toBeVisible()
  await page.reload()
  await hand.shown('locked')
  const attempt = async (pin: string) => {
    await page.getByLabel('密码', { exact: true }).fill(pin)
    await page.getByRole('button', { name: '解锁', exact: true }).click()
  }
  await attempt('1111')
  await expect(page.getByText('密码不对')).toBeVisible()
  await attempt('2580')
  await expect(page.getByRole('heading', { name: '可以出发了吗？' })).toBeVisible()
  await expect(page.getByRole('dialog')).toBeHidden()

  // Left lying, it locks by itself; also where it slept and no timer ran, before a touch counts.
  await page.clock.install()
  await page.getByRole('heading', { name: '可以出发了吗？' }).click()
  await page.clock.fastForward('04:59')
  await expect(page.getByRole('dialog')).toBeHidden()
  await page.clock.fastForward('00:02')
  await expect(page.getByRole('dialog')).toBeVisible()
  await attempt('2580')
  await expect(page.getByRole('dialog')).toBeHidden()
  await page.clock.setSystemTime(Date.now() + 3_600_000)
  await page.getByRole('link', { name: '今天' }).click({ noWaitAfter: true })
  await expect(page.getByRole('dialog')).toBeVisible()
  await expect(page).toHaveURL(/#\/safe$/)
  await hand.context.close()
})

test('a forgotten PIN: wrong tries outlive a reload, and a new code unlocks with all that is unsent', async ({
  browser,
  led,
}) => {
  const hand = await Hand.take(browser, led)
  const { page } = hand
  await page.goto(hand.url)
  await page.getByLabel('登记码').fill(await led.code('LY-1'))
  await page.getByRole('button', { name: '登记', exact: true }).click()
  await page.getByRole('button', { name: '设置锁屏密码' }).click()
  await page.getByLabel('新密码').fill('2580')
  await page.getByLabel('再输一次').fill('2580')
  await page.getByRole('button', { name: '设为密码' }).click()
  await expect(page.getByText('密码已设好')).toBeVisible()
  await page.getByRole('button', { name: '开始' }).click()
  await hand.synced()
  await hand.context.setOffline(true)
  await hand.open('忘了密码以前的', '停车难')
  await page.reload()
  for (const pin of ['1111', '2222', '3333']) {
    await page.getByLabel('密码', { exact: true }).fill(pin)
    await page.getByRole('button', { name: '解锁', exact: true }).click()
    await expect(page.getByText(pin === '3333' ? /请等 \d+ 秒/ : '密码不对')).toBeVisible()
  }
  await page.reload()
  await page.getByLabel('密码', { exact: true }).fill('2580')
  await page.getByRole('button', { name: '解锁', exact: true }).click()
  await expect(page.getByText(/请等 \d+ 秒/)).toBeVisible()
  await page.getByRole('button', { name: '忘了密码？' }).click()
  await expect(page.getByText('本机未上传的 1 项会一起带过去')).toBeVisible()
  await hand.shown('pin-forgotten')
  await hand.context.setOffline(false)
  await expect(async () => {
    await page.getByLabel('登记码').fill(await led.code('LY-1'))
    await page.getByRole('button', { name: '用登记码解锁' }).click()
    await expect(page.getByRole('dialog')).toBeHidden({ timeout: 3_000 })
  }).toPass()
  await hand.synced()
  await page.reload()
  await hand.go('today')
  await expect(page.getByRole('link', { name: /忘了密码以前的/ })).toBeVisible()
  await hand.context.close()
})

test('a tablet that is given another grid shows that one, and no more of the first', async ({
  browser,
  led,
}) => {
  const hand = await Hand.take(browser, led)
  const { page } = hand
  await hand.enrol(led, '改派平板', 'LY-3')
  await hand.open('三格的事', '停车难')
  await hand.sync()
  await led.settle()
  await hand.sync()
  await led.ask('assign', { device: '改派平板', grids: ['LY-4'] })
  await hand.sync()
  await hand.go('today')
  await expect(page.getByText('三格的事')).toHaveCount(0)
  await hand.shown('nothing-to-do')
  await hand.go('safe')
  await expect(page.locator('dd', { hasText: 'LY-4' })).toBeVisible()
  await hand.context.close()
})

test('a day goes to town on a stick from the screen, and its news comes back by it', async ({
  browser,
  led,
}, info) => {
  const hand = await Hand.take(browser, led, { acceptDownloads: true })
  const { page } = hand
  await hand.enrol(led, '平板 U')
  await hand.context.setOffline(true)
  await hand.open('随 U 盘进城', '停车难')
  await hand.go('safe')
  await expect(page.getByText('把 U 盘交给有网络的办公室读入')).toBeVisible()
  const download = page.waitForEvent('download')
  await page.getByRole('button', { name: '把未上传的存成文件' }).click()
  await expect(
    page.getByText('已存为“平板 U.lianxin”，在“下载”里，含 1 项。接下来：把它拷到 U 盘'),
  ).toBeVisible()
  const path = info.outputPath('day.lianxin')
  await (await download).saveAs(path)
  // Not the file that one has saved, but the one that the office gives back.
  await page.locator('input[type=file]').setInputFiles(path)
  await expect(page.getByText('名字以“.answer.lianxin”结尾')).toBeVisible()
  await hand.shown('by-stick')
  await led.ask('carry_in', { file: path })
  await led.settle()
  const { answer } = await led.ask<{ answer: string }>('carry_in', { file: path })
  await page.locator('input[type=file]').setInputFiles(answer)
  await expect(page.getByText('回信已读入，资料齐全')).toBeVisible()
  await hand.go('outcomes')
  await expect(page.getByText('已生效。')).toBeVisible()
  await hand.context.close()
})
