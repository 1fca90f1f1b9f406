// Photos and spoken notes: made offline, shown at once, sent when there is a network, without what a camera says.

import { expect, Hand, test } from './kit'

/** A photo as a camera makes it: a picture, and in front of it where and with what it was taken. */
async function photo(hand: Hand): Promise<Buffer> {
  const bytes = await hand.page.evaluate(async () => {
    const canvas = Object.assign(document.createElement('canvas'), { width: 2400, height: 1800 })
    const context = canvas.getContext('2d')!
    context.fillStyle = 'seagreen'
    context.fillRect(0, 0, 2400, 1800)
    context.fillStyle = 'gold'
    context.fillRect(600, 500, 900, 700)
    const blob = await new Promise<Blob | null>((done) => canvas.toBlob(done, 'image/jpeg'))
    return [...new Uint8Array(await blob!.arrayBuffer())]
  })
  const said = Buffer.from('Exif\0\0 taken at 29.5 N, 106.5 E, by a camera')
  const head = Buffer.from([0xff, 0xe1, (said.length + 2) >> 8, (said.length + 2) & 0xff])
  const picture = Buffer.from(bytes)
  return Buffer.concat([picture.subarray(0, 2), head, said, picture.subarray(2)])
}

test('a photo and a spoken note are kept offline, sent after the changes, and say nothing of the camera', async ({
  browser,
  led,
}) => {
  const hand = await Hand.take(browser, led)
  const { page } = hand
  await hand.enrol(led, '平板 P')
  await hand.leave(led)
  // In under twenty seconds, by five touches: a new ticket, what it is, speak, enough, save; a reload included.
  const begun = Date.now()
  await page.getByRole('link', { name: '新建定单' }).click()
  await page.getByRole('radio', { name: '环境整治' }).check()
  await page.getByRole('button', { name: '语音' }).click()
  await expect(page.getByRole('timer')).toContainText('0:01')
  await page.getByRole('button', { name: '说完了' }).click()
  await expect(page.locator('audio')).toBeVisible()
  await page.reload()
  await expect(page.getByText('上次没填完的内容还在')).toBeVisible()
  await expect(page.locator('audio')).toBeVisible()
  await page.getByRole('radio', { name: '环境整治' }).check()
  await page.getByRole('button', { name: '保存定单' }).click()
  await expect(page.getByRole('heading', { name: '见语音' })).toBeVisible()
  expect(Date.now() - begun).toBeLessThan(20_000)

  const file = { name: 'photo.jpg', mimeType: 'image/jpeg', buffer: await photo(hand) }
  await page.getByLabel('拍照').setInputFiles(file)
  await expect(page.getByRole('img', { name: /的照片/ })).toBeVisible()
  await page.getByLabel('拍照').setInputFiles({ ...file, mimeType: 'image/png', buffer: Buffer.from('none') })
  await expect(page.getByText('这不是能保存的图片')).toBeVisible()
  await page.getByRole('button', { name: /的照片/ }).click()
  await hand.shown('a-photo')
  await page.getByRole('button', { name: '关闭' }).click()
  await hand.go('safe')
  await expect(page.getByText('2 份照片或语音还只在本机')).toBeVisible()

  // Killed in the middle of a sentence, what was said is there; who walks on has said enough, and nobody listens.
  await hand.button('safe.pin.set').click()
  await page.getByLabel('新密码').fill('2580')
  await page.getByLabel('再输一次').fill('2580')
  await hand.button('safe.pin.save').click()
  await expect(page.getByText('密码已设好')).toBeVisible()
  await page.goBack()
  await page.evaluate(() => {
    const { mediaDevices } = navigator
    const ask = mediaDevices.getUserMedia.bind(mediaDevices)
    mediaDevices.getUserMedia = async (wanted) => ((window as any).heard = await ask(wanted))
  })
  const notes = page.locator('.files audio')
  const timer = page.getByRole('timer')
  await page.getByRole('button', { name: '语音' }).click()
  await expect(timer).toContainText('正在录音 0:02，最长 2:00')
  await hand.shown('speaking')
  await hand.go('today')
  await expect(page.getByText('已保存在本机')).toBeVisible()
  expect(await page.evaluate(() => (window as any).heard.getTracks()[0].readyState)).toBe('ended')
  await page.goBack()
  await expect(notes).toHaveCount(2)
  // So has who looks at another app meanwhile; and it is said.
  await page.getByRole('button', { name: '语音' }).click()
  await expect(timer).toContainText('0:01')
  await page.evaluate(() => {
    Object.defineProperty(document, 'visibilityState', { value: 'hidden', configurable: true })
    document.dispatchEvent(new Event('visibilitychange'))
    delete (document as any).visibilityState
  })
  const stopped = page.getByText('录音已停止；说过的已保存')
  const silent = () => page.evaluate(() => (window as any).heard.getTracks()[0].readyState === 'ended')
  await expect(stopped).toBeVisible()
  await expect(notes).toHaveCount(3)
  expect(await silent()).toBe(true)
  const forgetTheLast = async () => {
    const last = page.locator('.files li', { has: page.locator('audio') }).last()
    await last.getByRole('button', { name: '删除' }).click()
    await expect(notes).toHaveCount(2)
  }
  await forgetTheLast()
  // So has whose tablet slept and locked itself: nobody is listened to behind the lock, and nothing is lost there.
  await page.getByRole('button', { name: '语音' }).click()
  await expect(timer).toContainText('0:01')
  expect(await silent()).toBe(false)
  await page.evaluate(() => {
    const awake = Date.now
    Date.now = () => awake() + 3_600_000
    dispatchEvent(new Event('focus'))
    Date.now = awake
  })
  await expect(page.getByRole('dialog', { name: '已锁定' })).toBeVisible()
  await expect.poll(silent).toBe(true)
  await page.getByLabel('密码', { exact: true }).fill('2580')
  await hand.button('lock.open').click()
  await expect(stopped).toBeVisible()
  await expect(notes).toHaveCount(3)
  const length = await notes.last().evaluate(async (one: HTMLAudioElement) => {
    const sound = Uint8Array.from(atob(one.src.split(',')[1]!), (letter) => letter.charCodeAt(0))
    return (await new AudioContext().decodeAudioData(sound.buffer)).duration
  })
  expect(length).toBeGreaterThan(0.9)
  await forgetTheLast()
  await hand.go('safe')
  await hand.button('safe.pin.off').click()
  await expect(page.getByText('密码已取消')).toBeVisible()
  await page.goBack()
  await page.getByRole('button', { name: '语音' }).click()
  await expect(timer).toContainText('0:02')
  await page.reload()
  await expect(notes).toHaveCount(3)

  // One that was removed by mistake comes back.
  await page.getByRole('button', { name: '删除' }).last().click()
  await expect(notes).toHaveCount(2)
  await page.getByRole('button', { name: '撤销' }).click()
  await expect(notes).toHaveCount(3)
  await page.getByRole('button', { name: '删除' }).last().click()
  await expect(notes).toHaveCount(2)
  await page.getByRole('button', { name: '删除' }).last().click()
  await expect(notes).toHaveCount(1)

  // The changes are through and a proxy is in the way of the files: how many wait, and that they are tried again.
  const away = '**/attachments/**'
  await hand.context.route(away, (route) => route.fulfill({ status: 502, body: '<h1>Bad gateway</h1>' }))
  await hand.comeBack(led)
  await expect(page.getByText('核对过；2 份照片或语音还只在本机')).toBeVisible({ timeout: 40_000 })
  await expect(page.locator('.files .mark', { hasText: '这次没有被收下，会再传' })).toHaveCount(2)
  await hand.shown('files-in-the-way')
  await hand.go('safe')
  await expect(page.getByText('其中 2 份试过没有传成，会再传')).toBeVisible()
  await hand.context.unroute(away)
  await hand.sync()
  await hand.go('safe')
  await expect(page.getByText('2 份照片或语音还只在本机')).toHaveCount(0)
  await page.goBack()
  await expect(page.locator('.files .mark', { hasText: '已上传' })).toHaveCount(2)
  const there = await led.ask<[string, number][]>('attachments')
  expect(there).toHaveLength(2)
  expect(Math.max(...there.map(([, bytes]) => bytes))).toBeLessThan(400_000)

  // Another tablet of the grid sees them before it leaves, and in the village where there is no network.
  await led.settle()
  await hand.sync()
  const other = await Hand.take(browser, led)
  // For this tablet two minutes are over soon.
  await other.context.addInitScript(() => {
    const later = setTimeout
    ;(window as any).setTimeout = (work: () => void, ms: number) => later(work, ms === 120_000 ? 1_500 : ms)
  })
  let goOn = () => {}
  const held = new Promise<void>((done) => (goOn = done))
  await other.context.route(away, async (route) => (await held, route.continue()))
  await other.page.goto(other.url)
  await other.ask(led, '平板 Q')
  await other.button('enrol.begin').click()
  await expect(other.page.getByText('正在接收别人的照片和语音')).toBeVisible()
  await other.shown('files-of-others')
  goOn()
  await other.synced()
  await other.context.unroute(away)
  // Nobody has looked at any of it yet.
  await other.context.setOffline(true)
  await other.page.reload()
  await other.page.getByText('见语音').click()
  const theirs = other.page.getByRole('list', { name: '其他平板传来的照片和语音' })
  await expect(theirs.getByRole('img')).toBeVisible()
  await theirs.getByRole('button').click()
  await expect(other.page.locator('.whole img')).toHaveJSProperty('naturalWidth', 1600)
  await other.shown('a-photo-of-another')
  await expect(theirs.locator('audio')).toBeVisible()
  await other.page.getByRole('button', { name: '关闭' }).click()
  await other.page.getByRole('button', { name: '语音' }).click()
  await expect(other.page.locator('p', { hasText: '录满两分钟，已保存' })).toBeVisible()
  await expect(other.page.locator('.files audio')).toHaveCount(2)
  await other.context.close()
  await hand.context.close()
})
