// Every screen in both languages, both sizes, light and dark: a picture of each to be looked at, and no
// violation of accessibility on any.

import { expect, Hand, SIZES, test } from './kit'

/** Controls that are smaller than 48 px, or reach out of the page. */
async function clumsy(hand: Hand): Promise<string[]> {
  return hand.page.evaluate(() => {
    const small = [
      ...document.querySelectorAll('button, a.button, a.card, nav a, input, select, textarea, summary'),
    ]
      .filter((one) => !(one instanceof HTMLInputElement && ['checkbox', 'radio', 'file'].includes(one.type)))
      .filter((one) => one.checkVisibility() && one.getBoundingClientRect().height < 47.5)
      .map((one) => `small: ${one.outerHTML.slice(0, 80)}`)
    const wide =
      document.documentElement.scrollWidth > innerWidth ? ['the page is wider than the screen'] : []
    return [...small, ...wide]
  })
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
      for (const scheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme: scheme })
        await hand.picture(`${name}-${size}-${scheme}`)
        if (size === 'phone')
          faults.push(...(await hand.violations()).map((one) => `${name} ${scheme}: ${one}`))
      }
      faults.push(...(await clumsy(hand)).map((one) => `${name} ${size}: ${one}`))
    }
    await page.setViewportSize(SIZES.phone)
    await page.emulateMedia({ colorScheme: 'light' })
  }

  await looked('enrol-zh')
  await hand.enrol(led, '平板 丙', 'LY-1', 'LY-2')
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

  const screens = {
    today: 'today',
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
  }
  expect(faults).toEqual([])
  await hand.context.close()
})
