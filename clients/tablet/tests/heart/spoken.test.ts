// A note that is being spoken when the tablet is killed: what was said so far is there when it is opened again.

import { expect, test } from 'vitest'

import { Pieces, takeUp } from '../../src/app/spoken'
import { NotKept } from '../../src/protocol/failures'
import type { Attached } from '../../src/store/database'
import { Carried } from './kit'

const NOBODY = async () => false
const said = (text: string) => new TextEncoder().encode(text)

async function left(carried: Carried): Promise<number> {
  return carried.store.database.drafts.count()
}

test('the pieces of a note are joined in their order, once, and are not kept twice', async () => {
  const carried = new Carried()
  const ticket = (await carried.on()).newId()
  const about = { note: 'one', ticket, draft: true, type: 'audio/webm' }
  const pieces = new Pieces(carried.store, about)
  const texts = Array.from({ length: 12 }, (_, index) => `第${index}句`)
  for (const text of texts) await pieces.keep(said(text))
  const other = new Pieces(carried.store, { ...about, note: 'one more', draft: false })
  await other.keep(said('另一段'))

  const tablet = await carried.on()
  expect(await takeUp(tablet, NOBODY)).toBe(2)
  const files = await tablet.attachments.of(ticket)
  const heard = async (one: Attached) => new TextDecoder().decode((await tablet.attachments.content(one))!)
  const texted = await Promise.all(files.map(async (one) => [await heard(one), one.state, one.type]))
  expect(texted.sort()).toEqual(
    [
      [texts.join(''), 'DRAFT', 'audio/webm'],
      ['另一段', 'WAITS', 'audio/webm'],
    ].sort(),
  )
  expect(await left(carried)).toBe(0)
  expect(await takeUp(tablet, NOBODY)).toBe(0)
})

test('what is being spoken in another tab is left to it, and one that was kept leaves nothing', async () => {
  const carried = new Carried()
  const tablet = await carried.on()
  const about = { note: 'now', ticket: tablet.newId(), draft: false, type: 'audio/webm' }
  const pieces = new Pieces(carried.store, about)
  await pieces.keep(said('还在说'))
  expect(await takeUp(tablet, async (note) => note === 'now')).toBe(0)
  expect(await left(carried)).toBe(1)
  await pieces.forget()
  expect(await left(carried)).toBe(0)
})

test('where there is no room for it, its pieces wait for the next time', async () => {
  const carried = new Carried()
  const first = await carried.on()
  const about = { note: 'full', ticket: first.newId(), draft: false, type: 'audio/webm' }
  await new Pieces(carried.store, about).keep(said('说过的'))
  const full = await carried.on((step) => {
    if (step === 'attach.commit') throw new NotKept('a full disk')
  })
  expect(await takeUp(full, NOBODY)).toBe(0)
  expect(await left(carried)).toBe(1)
  expect(await takeUp(await carried.on(), NOBODY)).toBe(1)
})

test('a draft that its ticket has overtaken waits to be sent, and one that was removed can come back', async () => {
  const carried = new Carried()
  const tablet = await carried.on()
  const { entity } = await tablet.record('ticket.open', {
    ...{ grid: tablet.newId(), category: 'parking', title: '门口停车难' },
  })
  const made = { type: 'audio/webm', data: said('说完了'), thumbnail: null }
  const kept = await tablet.attach(entity, made, true)
  expect(kept.state).toBe('WAITS')
  const removed = await tablet.attachments.remove(entity, kept.sha256)
  expect(await tablet.attachments.of(entity)).toEqual([])
  expect(await tablet.attachments.content(kept)).toBeNull()
  await tablet.attachments.restore(removed!)
  expect(await tablet.attachments.of(entity)).toEqual([kept])
  expect(await tablet.attachments.content(kept)).toEqual(made.data)
})
