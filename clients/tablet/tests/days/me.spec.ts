// A member's own page in a real browser: the code from its address, the record, a request, and a reload.

import { expect, SCREENS, SIZES, test } from './kit'

test.use({ viewport: SIZES.phone })

test('a member opens their page by its address, reads it, asks for a correction, and finds it again', async ({
  page,
  led,
}) => {
  const wrong: string[] = []
  const asked: URL[] = []
  page.on('console', (said) => ['error', 'warning'].includes(said.type()) && wrong.push(said.text()))
  page.on('pageerror', (error) => wrong.push(error.message))
  page.on('request', (request) => asked.push(new URL(request.url())))

  const printed = new URL(await led.page('001'))
  const address = new URL(`/me${printed.hash}`, led.url)
  await page.goto(address.href)
  await expect(page.getByLabel('一次性码')).toHaveValue(printed.hash.slice(1))
  expect(new URL(page.url()).hash).toBe('')
  await page.getByRole('button', { name: '打开' }).click()
  await expect(page.getByText('积分余额')).toBeVisible()
  await page.screenshot({ path: `${SCREENS}me.png` })

  await page.getByLabel('哪里不对').fill('我的电话不对')
  await page.getByRole('button', { name: '交给派单台' }).click()
  const requests = page.locator('#requests')
  await expect(requests).toContainText('“我的电话不对”')
  await expect(requests).toContainText('待人工审定')
  await page.screenshot({ path: `${SCREENS}me-asked.png`, fullPage: true })

  await page.reload()
  await expect(page.locator('#requests')).toContainText('“我的电话不对”')
  expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true)

  await page.getByRole('button', { name: '看完了' }).click()
  await expect(page.getByText('已关闭')).toBeVisible()
  await page.goto(new URL('/me', led.url).href)
  await expect(page.getByLabel('一次性码')).toHaveValue('')
  expect(await page.evaluate(() => sessionStorage.length + localStorage.length)).toBe(0)
  expect(asked.filter((one) => one.host !== address.host && one.protocol !== 'data:').map(String)).toEqual([])
  expect(wrong).toEqual([])
})
