// Every screen in both languages, both sizes, light and dark: a picture of each to be looked at, and no
// violation of accessibility on any.

import { en } from '../../src/app/words/en'
import { zh } from '../../src/app/words/zh'
import { expect, Hand, SCREENS, SIZES, test } from './kit'
import { pseudo, withAThird } from './pseudo'

/** What can be pressed and is smaller than 48 px, or a page that reaches out of the screen. */
async function clumsy(hand: Hand): Promise<string[]> {
  return hand.page.evaluate(() => {
    const pressed = [...document.querySelectorAll('a[href], button, input, select, textarea, summary, audio')]
      // What is drawn by its label is pressed by its label; a link in a sentence is as high as the sentence.
      .map((one) => (one.matches('[type=checkbox], [type=radio], [type=file]') ? one.closest('label') : one))
      .filter((one) => one !== null)
      .filter((one) => !(one.matches('a') && getComputedStyle(one).display === 'inline'))
    const small = [...new Set(pressed)]
      .filter((one) => one.checkVisibility())
      .filter((one) => Math.min(one.getBoundingClientRect().height, one.getBoundingClientRect().width) < 47.5)
      .map((one) => `small: ${one.outerHTML.slice(0, 80)}`)
    const wide =
      document.documentElement.scrollWidth > innerWidth ? ['the page is wider than the screen'] : []
    return [...small, ...wide]
  })
}

/** The bar of the screens, where there is room for it beside them: on the side where one begins to read. */
function lopsided(hand: Hand): Promise<string[]> {
  return hand.page.evaluate(() => {
    const nav = document.querySelector('nav')!
    const { left, right } = nav.getBoundingClientRect()
    const marked = getComputedStyle(nav.querySelector('[aria-current]')!)
    const edges = [marked.borderRightWidth, marked.borderLeftWidth].join()
    return [
      ...(right === document.documentElement.clientWidth && left > 0 ? [] : ['the bar is on the wrong side']),
      ...(edges === '4px,0px' && marked.boxShadow === 'none'
        ? []
        : ['what is marked is marked on the wrong side']),
    ]
  })
}

/** What reaches out of the page, or out of what it stands in. */
function overflowing(hand: Hand): Promise<string[]> {
  return hand.page.evaluate(() => {
    const said = (what: string, one: Element) => `${what}: ${one.outerHTML.slice(0, 120)}`
    const shown = [...document.querySelectorAll('body *')].filter(
      (one) => one.checkVisibility() && !one.closest('.hidden, svg, option, datalist'),
    )
    const out = shown.filter((one) => {
      const { left, right, width } = one.getBoundingClientRect()
      return width > 0 && (left < -1 || right > innerWidth + 1)
    })
    const cut = shown.filter(
      (one) =>
        !one.matches('input, textarea, select, audio') &&
        one.scrollWidth > one.clientWidth + 1 &&
        one.clientWidth > 0,
    )
    return [
      ...out.map((one) => said('out of the page', one)),
      ...cut.map((one) => said('out of its place', one)),
    ]
  })
}

const WIDTHS = [320, 600, 800, 1280] as const

/** The dark colours are the same in every language and size. */
function schemes(name: string, size: string): readonly ('light' | 'dark')[] {
  return name.endsWith('zh') && size === 'phone' ? ['light', 'dark'] : ['light']
}

test('every screen can be read, reached and looked at, in both languages and sizes', async ({
  browser,
  led,
}) => {
  test.setTimeout(180_000)
  const hand = await Hand.take(browser, led)
  const { page } = hand
  await page.goto(hand.url)
  const faults: string[] = []

  const looked = async (name: string) => {
    for (const [size, viewport] of Object.entries(SIZES)) {
      await page.setViewportSize(viewport)
      for (const scheme of schemes(name, size)) {
        await page.emulateMedia({ colorScheme: scheme })
        await hand.picture(`${name}-${size}-${scheme}`)
        // What is wrong on a wide screen alone is so in every language.
        if (size === 'phone' || name.endsWith('en'))
          faults.push(...(await hand.violations()).map((one) => `${name} ${scheme}: ${one}`))
      }
      faults.push(...(await clumsy(hand)).map((one) => `${name} ${size}: ${one}`))
    }
    await page.setViewportSize(SIZES.phone)
    await page.emulateMedia({ colorScheme: 'light' })
  }

  const lookedLocked = async (language: 'zh' | 'en') => {
    const words = { zh, en }[language]
    const press = (word: keyof typeof zh) =>
      page.getByRole('button', { name: words[word], exact: true }).click()
    await press('safe.pin.set')
    for (const field of ['safe.pin.new', 'safe.pin.again'] as const)
      await page.getByLabel(words[field]).fill('2580')
    await press('safe.pin.save')
    await expect(page.getByText(words['safe.pin.done'])).toBeVisible()
    await page.reload()
    await expect(page.getByRole('heading', { name: words['lock.title'] })).toBeVisible()
    await looked(`lock-${language}`)
    await press('lock.forgotten')
    await looked(`lock-forgotten-${language}`)
    await press('cancel')
    await page.getByLabel(words['lock.pin'], { exact: true }).fill('2580')
    await press('lock.open')
    await press('safe.pin.off')
    await expect(page.getByText(words['safe.pin.dropped'])).toBeVisible()
  }

  await expect(page.getByRole('heading', { name: '登记这台平板' })).toBeVisible()
  await looked('enrol-zh')
  await page.getByRole('button', { name: 'English' }).click()
  await expect(page.getByLabel('What this tablet is called')).toHaveValue(/^Tablet \d{4}$/)
  await looked('enrol-en')
  await page.getByRole('button', { name: '简体中文' }).click()
  // A tablet that nobody names has a name of its own; what is not enrolled is not called unsaved.
  await expect(page.getByLabel('这台平板叫什么')).toHaveValue(/^平板 \d{4}$/)
  const errors = [{ message: 'no', extensions: { code: 'SOMETHING_ELSE' } }]
  await page.route('**/graphql', (route) => route.fulfill({ json: { errors } }))
  await page.getByLabel('登记码').fill('ABCD2345')
  await page.getByRole('button', { name: '登记', exact: true }).click()
  await expect(page.getByRole('alert')).toHaveText('没有登记成，请再试一次。已记录的都还在。')
  await page.unroute('**/graphql')
  await hand.enrol(led, '平板 丙', 'LY-1', 'LY-2')
  await led.ask('reward', { code: 'umbrella', zh: '雨伞', points: 500, stock: 1 })
  await hand.iAm('009')
  await hand.open('三号楼门前停车难，老人下楼不便', '停车难')
  await page.getByRole('button', { name: '接单' }).click()
  await page.getByRole('button', { name: '写备注' }).click()
  await page.getByLabel('备注').fill('住户希望周末划线')
  await page.getByRole('button', { name: '写备注' }).click()
  const ticket = await page.evaluate(() => location.hash.slice(2))
  await hand.open('帮来客换胎', '帮来客换胎')
  await hand.sync()
  await led.settle()
  await hand.sync()
  await hand.open('二号楼路灯不亮', '安全检查')
  await hand.go('service')
  await page.getByRole('button', { name: '补记一次' }).click()
  await page.getByRole('button', { name: '保存' }).click()
  await expect(page.getByText('服务已保存在本机')).toBeVisible()
  await page.evaluate(() => (location.hash = '#/people?q=009'))
  await page.locator('a.card').first().click()
  const person = await page.evaluate(() => location.hash.slice(2))

  const here = () => page.evaluate(() => location.hash.slice(2))
  await hand.go('activity-new')
  await page.getByLabel('什么活动').fill('清洁家园')
  await page.getByRole('button', { name: '保存活动' }).click()
  await page.getByRole('button', { name: '我来签到' }).click()
  const activity = await here()
  const blow = ticket.replace('ticket', 'blow')
  await hand.go(blow)
  await page.getByLabel('牵头部门').selectOption({ index: 4 })
  await page.getByRole('button', { name: '吹哨' }).click()
  await expect(page.getByRole('heading', { name: '叫到的部门' })).toBeVisible()
  const whistle = await here()
  await hand.go('duties')
  await page.getByRole('link', { name: /总结/ }).first().click()
  await expect(page.getByLabel('哪一项')).toBeVisible()
  const duty = (await here()).split('?')[0]!

  const screens = {
    today: 'today',
    ...{ duties: 'duties', duty, activities: 'activities', activity, 'activity-new': 'activity-new' },
    ...{ whistle, blow },
    new: 'new',
    ticket,
    service: 'service',
    people: 'people',
    person,
    register: 'register',
  }
  for (const language of ['zh', 'en'] as const) {
    if (language === 'en') {
      await hand.go('safe')
      await page.getByRole('button', { name: 'English' }).click()
    }
    for (const [name, where] of Object.entries({ ...screens, outcomes: 'outcomes', safe: 'safe' })) {
      await hand.go(where)
      await looked(`${name}-${language}`)
    }
    await lookedLocked(language)
  }
  expect(faults).toEqual([])

  // What is missing or not right is said in the language of the screen, not in that of the browser.
  await hand.go('register')
  const said = (field: string) =>
    page.locator(field).evaluate((one) => (one as HTMLInputElement).validationMessage)
  const go = page.getByRole('button', { name: 'Save the registration' })
  await go.click()
  expect([await said('#unit'), await said('#name')]).toEqual(['Please choose one.', 'Please fill this in.'])
  await page.getByLabel('Unit').selectOption({ index: 1 })
  await page.getByLabel('Name').fill('王新来')
  await page.getByLabel('Number').fill('九号')
  expect(await said('#name')).toBe('')
  await go.click()
  expect(await said('#number')).toContain('Begins with a letter or digit')
  await page.getByLabel('Number').fill('009')
  expect(await said('#number')).toBe('')
  await page.getByLabel('Number').fill('')
  await hand.go('safe')

  // Then in a language that is written the other way round, in long words, at every width.
  await page.evaluate(async () => {
    for (const one of await navigator.serviceWorker.getRegistrations()) await one.unregister()
  })
  await hand.context.route('**/assets/index-*.js', async (route) => {
    const answer = await route.fetch()
    await route.fulfill({ response: answer, body: withAThird(await answer.text()) })
  })
  await page.reload()
  await page.getByRole('button', { name: 'pseudo' }).click()
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(pseudo('Am I safe to leave?'))
  // What it has no words for, because others named it and said it, is in the next best language.
  await hand.go('outcomes')
  await page.getByRole('button', { name: new RegExp(pseudo('All')) }).click()
  await expect(page.getByText('It stands.').first()).toBeVisible()
  await hand.go('new')
  await expect(page.getByRole('radio', { name: 'Parking' })).toHaveCount(1)
  await page.evaluate(() => {
    const whole = new CSSStyleSheet()
    whole.replaceSync('ul.columns > li { content-visibility: visible !important }')
    document.adoptedStyleSheets.push(whole)
  })
  for (const [name, where] of Object.entries({ ...screens, outcomes: 'outcomes', safe: 'safe' })) {
    await hand.go(where)
    for (const width of WIDTHS) {
      await page.setViewportSize({ width, height: 640 })
      faults.push(...(await overflowing(hand)).map((one) => `${name} ${width}: ${one}`))
      if (width === 1280) faults.push(...(await lopsided(hand)).map((one) => `${name} ${width}: ${one}`))
      if (width === 320) await page.screenshot({ path: `${SCREENS}${name}-other-way.png`, fullPage: true })
    }
  }
  expect(faults).toEqual([])
  await hand.context.close()
})
