// What the days share: a real district for each file, a tablet in its browser, and screenshots of what it shows.

import { mkdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { expect, test as plain, type Browser, type BrowserContext, type Page } from '@playwright/test'

import { en } from '../../src/app/words/en'
import { zh, type Word } from '../../src/app/words/zh'
import { Led } from '../led'

export const SCREENS = fileURLToPath(new URL('../../results/screens/', import.meta.url))
export const SIZES = { phone: { width: 360, height: 640 }, desk: { width: 1280, height: 800 } } as const

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']

interface Found {
  id: string
  nodes: { html: string }[]
}

export const test = plain.extend<object, { led: Led }>({
  led: [
    async ({}, use) => {
      const led = await Led.start('server/examples/red-cell.yaml')
      await use(led)
      await led.close()
    },
    { scope: 'worker', timeout: 120_000 },
  ],
})

/** One tablet: a browser of its own, with its app. */
export class Hand {
  /** What the screens say, in the language that they are in. */
  words: Readonly<Record<Word, string>> = zh

  private constructor(
    readonly context: BrowserContext,
    readonly page: Page,
    readonly url: string,
  ) {}

  static async take(
    browser: Browser,
    led: Led,
    options: Parameters<Browser['newContext']>[0] = {},
  ): Promise<Hand> {
    return Hand.with(await browser.newContext(options), led)
  }

  /** In a browser that is somebody's own: its profile is on the disk. */
  static async with(context: BrowserContext, led: Led): Promise<Hand> {
    const page = context.pages()[0] ?? (await context.newPage())
    page.on('pageerror', (error) => console.error('in the page:', error.message))
    return new Hand(context, page, led.url.replace('/graphql', '/tablet/'))
  }

  /** Open the app, type the code, wait until everything is here. */
  async enrol(led: Led, name: string, ...grids: string[]): Promise<void> {
    if (this.page.url() !== this.url) await this.page.goto(this.url)
    await this.ask(led, name, ...grids)
    await expect(this.button('enrol.begin')).toBeVisible()
    await this.picture('moment-enrolled')
    await this.button('enrol.begin').click()
    await this.synced()
  }

  /** Type a code and press: what comes of it is seen to by whoever asked. */
  async ask(led: Led, name: string, ...grids: string[]): Promise<void> {
    await this.page
      .getByLabel(this.words['enrol.code'])
      .fill(await led.code(...(grids.length > 0 ? grids : ['LY-1'])))
    await this.page.getByLabel(this.words['enrol.name']).fill(name)
    await this.button('enrol.go').click()
  }

  /** From now on the screens are in English. */
  async speakEnglish(): Promise<void> {
    await this.page.getByRole('button', { name: 'English' }).click()
    this.words = en
  }

  button(word: Word) {
    return this.page.getByRole('button', { name: this.words[word], exact: true })
  }

  async go(screen: string): Promise<void> {
    await this.page.evaluate((where) => (location.hash = `#/${where}`), screen)
    await expect(this.page.locator('h1').first()).toBeVisible()
  }

  /** Choose who uses the tablet, as a person does. */
  async iAm(number: string): Promise<void> {
    await this.go('people')
    await this.page.getByLabel(this.words['people.search']).fill(number)
    await this.page.locator('a.card', { hasText: number }).first().click()
    await this.button('person.me').click()
    await expect(this.button('person.me.not')).toBeVisible()
  }

  async open(title: string, category: string): Promise<void> {
    await this.go('new')
    await this.page.getByRole('radio', { name: category }).check()
    await this.page.getByLabel(this.words['new.line']).fill(title)
    await this.button('new.go').click()
    await expect(this.page.getByRole('heading', { name: title, level: 1 })).toBeVisible()
  }

  async sync(): Promise<void> {
    await this.button('sync.now').first().click()
    await this.synced()
  }

  async synced(): Promise<void> {
    const said = (word: Word) => this.words[word].replace(/\{\w+\}/, '').trim()
    await expect(this.page.getByText(said('sync.done'))).toBeVisible({ timeout: 40_000 })
    await expect(this.page.getByText(said('sync.waiting'))).toHaveCount(0)
  }

  /** No network: neither the browser's nor the hub behind it. */
  async leave(led: Led): Promise<void> {
    await led.ask('stop')
    await this.context.setOffline(true)
  }

  async comeBack(led: Led): Promise<void> {
    await led.ask('start')
    await this.context.setOffline(false)
  }

  async picture(name: string): Promise<void> {
    mkdirSync(SCREENS, { recursive: true })
    await this.page.screenshot({ path: `${SCREENS}${name}.png` })
  }

  /** What axe finds wrong with the page, whole: what a bar happens to cover at the moment is nothing wrong. */
  async violations(): Promise<string[]> {
    const seen = this.page.viewportSize() ?? SIZES.phone
    const height = await this.page.evaluate(() => document.documentElement.scrollHeight)
    await this.page.setViewportSize({ width: seen.width, height: Math.max(seen.height, height) })
    try {
      return await this.wrong()
    } finally {
      await this.page.setViewportSize(seen)
    }
  }

  private async wrong(): Promise<string[]> {
    await this.page.evaluate(AXE)
    const found = await this.page.evaluate(
      (tags) => (globalThis as any).axe.run(document, { runOnly: tags }).then((one: any) => one.violations),
      TAGS,
    )
    return (found as Found[]).map((one) => `${one.id}: ${one.nodes.map((node) => node.html).join(' | ')}`)
  }

  /** A moment of a day: a picture of it to be looked at, and no violation of accessibility. */
  async shown(name: string): Promise<void> {
    await this.picture(`moment-${name}`)
    expect(await this.violations()).toEqual([])
  }
}

/** What the tablet holds of what the hub said. */
export function documents(page: Page): Promise<any[]> {
  return page.evaluate(async () => {
    const database = await new Promise<IDBDatabase>((done) => {
      const asked = indexedDB.open('lianxin')
      asked.onsuccess = () => done(asked.result)
    })
    return new Promise<any[]>((done) => {
      const asked = database.transaction('documents').objectStore('documents').getAll()
      asked.onsuccess = () => (database.close(), done(asked.result))
    })
  })
}

export { expect }
