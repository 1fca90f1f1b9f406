// How long a person waits, on a slow tablet that holds a whole community's years: Today, finding somebody, a tap on the
// big step until it is marked as kept here, and the first Today of the morning, when the app is opened.

import { expect, Hand, test } from './kit'

const DOCUMENTS = { member: 2_000, ticket: 5_000, service: 3_000 }
const IDS = { member: 'aaaa0000', ticket: 'bbbb0000', service: 'cccc0000' }
const SLOWER = 4
const BUDGET_MS = 100
/** A tap ends on the disk, which other work on the machine shares: 100 ms is the aim. */
const TAP_BUDGET_MS = 200
/** The app opened anew, from the service worker's files and the database, to a Today that can be read. */
const COLD_BUDGET_MS = 2_000
const COLD_TRIES = 3
const TRIES = 7
const AT_FIRST = 20
const UNSENT = 400
/** A tour without a network; a photo as the app makes it. */
const PHOTOS = { many: 60, bytes: 300_000 }

/** Copy what the tablet holds into as many as a prefecture's busiest community has, straight into its database. */
async function fill(hand: Hand): Promise<number> {
  return hand.page.evaluate(
    async ([wanted, ids]) => {
      const database = await new Promise<IDBDatabase>((done) => {
        const asked = indexedDB.open('lianxin')
        asked.onsuccess = () => done(asked.result)
      })
      const names = '王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗'
      const given = '建国志明秀英桂芳晓东海燕文华丽军伟强敏静'
      const store = () => database.transaction('documents', 'readwrite').objectStore('documents')
      const held = await new Promise<any[]>((done) => {
        const asked = store().getAll()
        asked.onsuccess = () => done(asked.result)
      })
      const pick = (text: string, index: number) => text[index % text.length]
      let count = held.length
      for (const [collection, many] of Object.entries(wanted)) {
        const model = held.find((one) => one.collection === collection)
        const grids = held.filter((one) => one.collection === 'grid').map((one) => one.id)
        const into = store()
        for (let index = 0; index < many; index++, count++) {
          const begins = ids[collection as 'ticket']
          const id = `${begins}-0000-7000-8000-${String(index).padStart(12, '0')}`
          const body = { ...model.body, id }
          if (collection === 'member') {
            body.name = `${pick(names, index)}${pick(given, index * 7)}${pick(given, index * 3 + 1)}`
            Object.assign(body, { number: String(10_000 + index), grid: pick(grids as any, index) })
          }
          if (collection === 'ticket') {
            const state = index % 50 === 0 ? 'OPEN' : 'CLOSED'
            Object.assign(body, {
              title: `第 ${index} 张定单`,
              state,
              takers: [],
              place: `${index % 40} 号楼`,
            })
          }
          into.put({ ...model, id, body })
        }
        await new Promise((done) => (into.transaction.oncomplete = done))
      }
      database.close()
      return count
    },
    [DOCUMENTS, IDS] as const,
  )
}

/** Photos that wait, some of them tried before, as the app keeps them: on the tickets that are tapped, and on others. */
async function photograph(hand: Hand): Promise<void> {
  await hand.page.evaluate(
    async ([{ many, bytes }, begins]) => {
      const database = await new Promise<IDBDatabase>((done) => {
        const asked = indexedDB.open('lianxin')
        asked.onsuccess = () => done(asked.result)
      })
      const writing = database.transaction(['attachments', 'contents'], 'readwrite')
      const thumbnail = `data:image/jpeg;base64,${'/9j/'.repeat(2_000)}`
      for (let index = 0; index < many; index++) {
        const ticket = `${begins}-0000-7000-8000-${String((index % 12) * 50).padStart(12, '0')}`
        const sha256 = String(index).padStart(64, '0')
        const tried = index % 4 === 0 ? { tries: 1, failed: 'NETWORK' } : {}
        writing.objectStore('attachments').put({
          ...{ ticket, sha256, type: 'image/jpeg', thumbnail, at: '2026-05-04T02:00:00.000Z' },
          ...{ state: 'WAITS', code: null, epoch: 0, ...tried },
        })
        const data = new Uint8Array(bytes).map((_, at) => (at * 31 + index) % 251)
        writing.objectStore('contents').put({ ticket, sha256, data })
      }
      await new Promise((done) => (writing.oncomplete = done))
      database.close()
    },
    [PHOTOS, IDS.ticket] as const,
  )
}

/** From a person's touch to the picture that answers it, in the order of how long it took. */
async function times(
  hand: Hand,
  before: (turn: number) => void,
  touch: (turn: number) => void,
): Promise<number[]> {
  const found: number[] = []
  for (let turn = 0; turn < TRIES; turn++)
    found.push(
      await hand.page.evaluate(
        async ([first, then, which]) => {
          const painted = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)))
          const run = (work: string) => (0, eval)(`(${work})`)(which)
          run(first)
          await new Promise((done) => setTimeout(done, 200))
          await painted()
          const begun = performance.now()
          run(then)
          // A new place is told of in a task of its own.
          await new Promise((done) => setTimeout(done))
          await painted()
          return performance.now() - begun
        },
        [before.toString(), touch.toString(), turn] as const,
      ),
    )
  return inOrder(found)
}

const inOrder = (found: number[]) => found.sort((one, other) => one - other)
const middle = (sorted: number[]) => sorted[sorted.length >> 1]!

/** From the opening of the app to a Today with its tickets, painted; no network, as in a village. */
async function coldStarts(hand: Hand): Promise<number[]> {
  await hand.page.addInitScript(() => {
    const looking = new MutationObserver(() => {
      if (document.querySelector('main a.card.line') === null) return
      looking.disconnect()
      requestAnimationFrame(() => setTimeout(() => ((window as any).drawn = performance.now())))
    })
    looking.observe(document, { childList: true, subtree: true })
  })
  const found: number[] = []
  for (let turn = 0; turn < COLD_TRIES; turn++) {
    await hand.page.reload()
    await hand.page.waitForFunction(() => 'drawn' in window)
    found.push(await hand.page.evaluate(() => (window as any).drawn))
  }
  return inOrder(found)
}

/** From the tap on a ticket's big step to the mark that it is only here, durable by then; in order. */
async function taps(hand: Hand): Promise<number[]> {
  const found: number[] = []
  for (let turn = 0; turn < TRIES; turn++) {
    await hand.go(`ticket/${IDS.ticket}-0000-7000-8000-${String(turn * 50).padStart(12, '0')}`)
    await expect(hand.button('ticket.step.claim')).toBeEnabled()
    await hand.page.waitForTimeout(500)
    found.push(
      await hand.page.evaluate(async () => {
        const marked = new Promise((done) => {
          const looking = new MutationObserver(() => {
            if (document.querySelector('main .marks .local') === null) return
            looking.disconnect()
            requestAnimationFrame(() => setTimeout(done))
          })
          looking.observe(document, { childList: true, subtree: true })
        })
        const begun = performance.now()
        document.querySelector<HTMLButtonElement>('main button.main.big')!.click()
        await marked
        return performance.now() - begun
      }),
    )
  }
  return inOrder(found)
}

/** Changes as if they had been recorded here, straight into the database: a note on a ticket each. */
async function record(hand: Hand, many: number): Promise<void> {
  await hand.page.evaluate(
    async ([count, begins]) => {
      const database = await new Promise<IDBDatabase>((done) => {
        const asked = indexedDB.open('lianxin')
        asked.onsuccess = () => done(asked.result)
      })
      const changes = database.transaction('changes', 'readwrite').objectStore('changes')
      const held = await new Promise<any[]>((done) => {
        const asked = changes.getAll()
        asked.onsuccess = () => done(asked.result)
      })
      const first = Math.max(...held.map((one) => one.seq ?? 0)) + 1
      const model = held.at(-1)
      for (let index = 0; index < count; index++) {
        const id = `ffffffff-0000-7000-8000-${String(index).padStart(12, '0')}`
        const entity = `${begins}-0000-7000-8000-${String(index).padStart(12, '0')}`
        const raw = {
          ...{ id, at: model.at, run: model.run, saw: 0, kind: 'ticket.note', entity, by: null },
          ...{ data: {}, private: { salt: '0'.repeat(32), text: '备注' } },
        }
        const { position: _, ...line } = { ...model, id, entity, kind: raw.kind, seq: first + index }
        changes.add({ ...line, word: null, quarantine: null, waits: 1, body: JSON.stringify(raw) })
      }
      await new Promise((done) => (changes.transaction.oncomplete = done))
      database.close()
    },
    [many, IDS.ticket] as const,
  )
  await hand.page.reload()
}

/** From the tap that saves a ticket to the badge that counts it; the median of some. */
async function saved(hand: Hand): Promise<number> {
  const found: number[] = []
  for (let turn = 0; turn < COLD_TRIES; turn++) {
    await hand.go('new')
    await hand.page.getByRole('radio', { name: '停车难' }).check()
    await hand.page.getByLabel('一句话说清楚').fill(`新的一张 ${turn}`)
    await hand.page.waitForTimeout(500)
    found.push(
      await hand.page.evaluate(async () => {
        const badge = () => document.querySelector('header .badge')?.textContent ?? ''
        const before = badge()
        const button = [...document.querySelectorAll('button')].find((one) =>
          one.textContent?.includes('保存定单'),
        )!
        const begun = performance.now()
        button.click()
        while (badge() === before) await new Promise((done) => setTimeout(done, 1))
        return performance.now() - begun
      }),
    )
    // The badge is there before the screen of the ticket is.
    await expect(hand.page.getByRole('heading', { name: `新的一张 ${turn}`, level: 1 })).toBeVisible()
  }
  return middle(inOrder(found))
}

test('with ten thousand documents Today opens, and somebody is found, before a person waits', async ({
  browser,
  led,
}) => {
  const hand = await Hand.take(browser, led, { bypassCSP: true })
  await hand.enrol(led, '平板 快', 'LY-1', 'LY-2')
  await hand.iAm('009')
  await hand.open('先有一张', '停车难')
  await hand.go('service')
  await hand.page.getByRole('button', { name: '补记一次' }).click()
  await hand.page.getByRole('button', { name: '保存' }).click()
  await hand.sync()
  await led.settle()
  await hand.sync()
  await hand.context.setOffline(true)
  const held = await fill(hand)
  await photograph(hand)
  await hand.page.reload()
  await hand.go('people')
  await expect(hand.page.locator('a.card', { hasText: '陈' })).not.toHaveCount(0)
  const slow = await hand.context.newCDPSession(hand.page)
  await slow.send('Emulation.setCPUThrottlingRate', { rate: SLOWER })

  const today = await times(
    hand,
    () => (location.hash = '#/people'),
    () => (location.hash = '#/today'),
  )
  await hand.go('today')
  await expect(hand.page.locator('a.card:has(strong)', { hasText: '张定单' })).toHaveCount(AT_FIRST)
  await hand.go('people')
  const search = await times(
    hand,
    () => {},
    (turn) => {
      const field = document.getElementById('search') as HTMLInputElement
      field.value = ['wjm', '王', '张志', '0123', 'lx', 'c', '陈'][turn]!
      field.dispatchEvent(new Event('input', { bubbles: true }))
    },
  )
  await expect(hand.page.locator('a.card strong').first()).toContainText('陈')
  await hand.go('today')
  const cold = await coldStarts(hand)
  const said = (found: number[]) => `${middle(found).toFixed(0)} ms (at best ${found[0]!.toFixed(0)})`
  console.log(
    `${held} documents and ${PHOTOS.many} unsent photos at 1/${SLOWER} of the speed: Today ${said(today)}, people ${said(search)}, opened anew ${said(cold)}`,
  )

  const tapped = await taps(hand)
  console.log(`from the tap on the big step to the mark that it is only here: ${said(tapped)}`)
  await hand.page.reload()

  // Then with some hundreds of changes that no hub has yet.
  const badges: number[] = []
  for (const unsent of [0, UNSENT]) {
    await record(hand, unsent)
    badges.push(await saved(hand))
  }
  console.log(
    `from the tap that saves to the badge: ${badges.map((one) => one.toFixed(0)).join(' ms, ')} ms with ${UNSENT} unsent`,
  )
  // No more with many than with none, but for what other work on the machine does.
  expect(badges[1]).toBeLessThan(2 * badges[0]! + BUDGET_MS)

  // What a person meets half of the time.
  expect(Math.max(middle(today), middle(search))).toBeLessThan(BUDGET_MS)
  expect(middle(tapped)).toBeLessThan(TAP_BUDGET_MS)
  expect(middle(cold)).toBeLessThan(COLD_BUDGET_MS)
  await hand.context.close()
})
