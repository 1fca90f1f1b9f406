// The shared truth: the same files that the core and the Python client run.

import { readFileSync } from 'node:fs'
import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'

import { canonical, digest, digestWith, privateDigest } from '../../src/protocol/canonical'
import { compare, correction, deed, isCloseCall, moment } from '../../src/protocol/clock'
import { parseTime } from '../../src/protocol/time'
import { owed } from '../../src/sync/duties'
import { views, type View } from '../../src/sync/view'

type Case = Record<string, any>

function load(name: string): any {
  return JSON.parse(readFileSync(new URL(`../../../../tests/vectors/${name}.json`, import.meta.url), 'utf8'))
}

const at = (text: string | null) => (text === null ? null : parseTime(text))

describe.each(load('digests') as Case[])('a digest: $name', (one) => {
  test('is that of its bytes', () => {
    const raw = JSON.parse(one.raw)
    const { private: own, ...kept } = raw
    if (!one.erased) {
      expect(privateDigest(raw)).toBe(one.privateDigest)
      expect(digest(raw)).toBe(one.digest)
      if (one.private !== null) expect(canonical(own)).toBe(one.private)
    }
    const shown = one.privateDigest === null ? kept : { ...kept, private: one.privateDigest }
    expect(canonical(shown)).toBe(one.canonical)
    expect(digestWith(kept, one.privateDigest)).toBe(one.digest)
    expect(createHash('sha256').update(one.canonical).digest('hex')).toBe(one.digest)
  })
})

const deeds = load('deeds')

test.each(deeds.deeds as Case[])('a deed: $name', (one) => {
  const { arrival, previous, seen, contact } = one.bounds
  const bounds = { arrival: parseTime(arrival), previous: at(previous), seen: at(seen), contact: at(contact) }
  expect(deed(parseTime(one.at), correction(one.run, one.journal), bounds)).toEqual({
    at: parseTime(one.deed),
    uncertaintyMs: one.uncertaintyMs,
  })
})

test.each(deeds.moments as Case[])('a moment of a service: $name', (one) => {
  const corrected = correction(one.run, one.journal)
  expect(moment(parseTime(one.at), corrected, parseTime(one.deed))).toBe(parseTime(one.moment))
})

test.each(deeds.closeCalls as Case[])('a close call: $name', (one) => {
  const [first, second] = [one.one, one.other].map((line) => ({
    at: parseTime(line.deed),
    uncertaintyMs: line.uncertaintyMs,
  }))
  expect(isCloseCall(first!, second!)).toBe(one.closeCall)
})

test.each(load('orders') as Case[])('an order: $name', (one) => {
  const lines = (one.changes as Case[]).map((line) => ({ ...line, deed: parseTime(line.deed) }) as any)
  expect(lines.sort(compare).map((line) => line.change)).toEqual(one.order)
})

test.each(load('owed') as Case[])('what is owed: $name', (one) => {
  expect(owed(one.units, one.duties, one.today)).toEqual(one.owed)
})

/** Every view of a case: held documents, and the pending changes on top. */
function seen(one: Case): Map<string, View> {
  const look = (collection: string, id: string) =>
    one.documents.find((line: Case) => line.collection === collection && line.id === id)?.body ?? null
  const shown = new Map<string, View>()
  const told: Case[] = [...one.documents, ...one.shows]
  for (const collection of new Set(told.map((line): string => line.collection))) {
    const held = new Map<string, { rev: number; body: Case }>()
    for (const line of one.documents) if (line.collection === collection) held.set(line.id, line)
    for (const view of views(collection, held, one.pending, look).values())
      shown.set(`${collection} ${view.id}`, view)
  }
  return shown
}

describe.each(load('views') as Case[])('a view: $name', (one) => {
  test('shows what the hub said and what waits on top', () => {
    const before = JSON.stringify(one)
    const shown = seen(one)
    expect(JSON.stringify(one), 'a view altered what it was made from').toBe(before)
    for (const line of one.shows) {
      const view = shown.get(`${line.collection} ${line.id}`)
      if (line.absent) {
        expect(view).toBeUndefined()
        continue
      }
      const held = one.documents.find((doc: Case) => doc.collection === line.collection && doc.id === line.id)
      expect(view?.body).toEqual({ ...held?.body, ...line.fields })
      expect(view?.provisional).toEqual(line.provisional)
      expect(view?.rev).toBe(held?.rev ?? 0)
      if (line.waiting) expect(view?.waiting).toEqual(line.waiting)
    }
  })

  test('leaves alone what no pending change touches', () => {
    const told = new Set(one.shows.map((line: Case) => `${line.collection} ${line.id}`))
    for (const [key, view] of seen(one)) {
      if (told.has(key)) continue
      const held = one.documents.find((doc: Case) => key === `${doc.collection} ${doc.id}`)
      expect(view.body).toEqual(held.body)
      expect(view.provisional).toEqual([])
    }
  })
})
