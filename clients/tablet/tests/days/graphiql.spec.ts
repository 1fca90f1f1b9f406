// GraphiQL as an office's browser shows it: from our own files alone, asked as a person asks.

import type { Locator, Page } from '@playwright/test'

import { expect, SCREENS, SIZES, test } from './kit'

test.use({ viewport: SIZES.desk })

/** What the page says in the console that something is wrong, and every address that it asks of. */
function watched(page: Page): { wrong: string[]; asked: URL[] } {
  const wrong: string[] = []
  const asked: URL[] = []
  page.on('console', (said) => ['error', 'warning'].includes(said.type()) && wrong.push(said.text()))
  page.on('pageerror', (error) => wrong.push(error.message))
  page.on('request', (request) => asked.push(new URL(request.url())))
  page.on('websocket', (socket) => asked.push(new URL(socket.url())))
  return { wrong, asked }
}

/**
 * Choose a saved example, and ask it once it is there: what is asked is what the editor holds. Whoever is quick asks
 * by the name of the operation that was there before, is told that there is none, and asks again.
 */
async function ask(page: Page, example: string, answered: Locator): Promise<void> {
  await page.getByRole('tab', { name: example }).click()
  await expect(page.getByLabel('Query Editor')).toContainText(example)
  await expect(async () => {
    await page.getByRole('button', { name: /Execute query/ }).click({ timeout: 2_000 })
    await expect(answered).toBeVisible({ timeout: 5_000 })
  }).toPass()
}

test('GraphiQL answers a saved example, builds a query in its explorer, and listens', async ({
  page,
  led,
}) => {
  const { wrong, asked } = watched(page)
  const door = new URL(led.url)
  await page.goto(new URL('/graphiql', door).href)
  await page.getByLabel('令牌 Bearer token').fill(await led.token('reader'))
  await page.getByRole('button', { name: '使用 Use' }).click()
  await expect(page.getByText('已使用 in use')).toBeVisible()

  const answer = page.getByLabel('Result Window')
  await ask(page, 'Rules', answer.filter({ hasText: '"thing": "community"' }))

  await page.getByRole('button', { name: 'Add tab' }).click()
  await page.getByRole('button', { name: 'Show GraphiQL Explorer' }).click()
  const explorer = page.locator('.graphiql-explorer-root')
  await explorer.getByText('communities', { exact: true }).click()
  await explorer.getByText('code', { exact: true }).click()
  await page.getByRole('button', { name: /Execute query/ }).click()
  await expect(answer).toContainText('"code": "LY"')
  await page.screenshot({ path: `${SCREENS}graphiql.png` })

  // A question that is refused shows "Stop query" for a moment as well: what tells that it listens is what it hears.
  await ask(page, 'Changed', page.getByRole('button', { name: /Stop query/ }))
  const execute = page.getByRole('button', { name: /Execute query/ })
  let posts = 0
  await expect(async () => {
    if (await execute.isVisible()) await execute.click({ timeout: 2_000 })
    await led.ask('post', { code: `door${(posts += 1)}`, zh: '看门', seats: 1 })
    await expect(answer).toContainText('"rev":', { timeout: 5_000 })
  }).toPass()
  await page.getByRole('button', { name: /Stop query/ }).click()

  expect(asked.filter((one) => one.host !== door.host && one.protocol !== 'data:').map(String)).toEqual([])
  expect(wrong).toEqual([])
  // What an office typed goes with the browser's tab.
  expect(await page.evaluate(() => localStorage.length)).toBe(0)
})

test('without a token, and with one that is forgotten, GraphiQL shows the refusal and its code', async ({
  page,
  led,
}) => {
  await page.goto(new URL('/graphiql', led.url).href)
  await page.getByLabel('令牌 Bearer token').fill(await led.token('reader'))
  await page.getByRole('button', { name: '使用 Use' }).click()
  await page.getByRole('button', { name: '忘记 Forget' }).click()
  await ask(page, 'Tickets', page.getByLabel('Result Window').filter({ hasText: 'UNAUTHENTICATED' }))
  expect(await page.evaluate(() => sessionStorage.getItem('lianxin:token'))).toBeNull()
})
