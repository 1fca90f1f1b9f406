// Every sentence in every language there will be: a third one is a file and a line, and leaves nothing empty.

import { describe, expect, test } from 'vitest'

import { labelOf } from '../../src/app/fields'
import { en } from '../../src/app/words/en'
import { filled, inLanguage, LANGUAGES, worded, type Tongue } from '../../src/app/words/languages'
import { zh, type Word } from '../../src/app/words/zh'
import { NotRecorded } from '../../src/protocol/failures'
import { check } from '../../src/protocol/change'
import manifest from '../../src/protocol/manifest.json'
import { pseudo } from '../days/pseudo'

/** A third language as its maker would bring it, with one word still missing. */
const { 'today.title': _, ...most } = Object.fromEntries(
  Object.entries(en).map(([word, text]) => [word, pseudo(text)]),
) as Record<Word, string>
const WITH_A_THIRD = {
  ...LANGUAGES,
  pseudo: { name: 'pseudo', tag: 'ar', direction: 'rtl', words: most },
} satisfies Record<string, Tongue>

describe('a third language', () => {
  test('says its own words, and in English what it has none for', () => {
    const say = (word: Word, values = {}) => worded(WITH_A_THIRD, 'pseudo', word, values)
    expect(say('nav.people')).toBe(pseudo('People'))
    expect(say('safe.battery', { n: 7 })).toContain('7')
    expect(say('today.title')).toBe('Today')
  })

  test('names what a district named, in the next best language', () => {
    expect(inLanguage({ zh: '停车难', en: 'Parking' }, 'pseudo')).toBe('Parking')
    expect(inLanguage({ zh: '停车难', en: '' }, 'pseudo')).toBe('停车难')
    expect(inLanguage({ zh: '停车难', en: 'Parking', pseudo: 'פרקי' }, 'pseudo')).toBe('פרקי')
    expect(inLanguage({ zh: '停车难', en: 'Parking' }, 'zh')).toBe('停车难')
    expect([inLanguage(null, 'pseudo'), inLanguage(undefined, 'zh')]).toEqual(['', ''])
  })

  test('has every verdict and every rule said', () => {
    const sentences = [...Object.values(manifest.codes), ...Object.values(manifest.rules)]
    expect(sentences.length).toBeGreaterThan(50)
    for (const sentence of sentences) expect(inLanguage(sentence, 'pseudo')).not.toBe('')
  })
})

test('every kind of change has a name of its own, also those that no form of this app makes', () => {
  const named = Object.keys(manifest.kinds).filter((kind) => `kind.${kind}` in zh)
  expect(named).toEqual(Object.keys(manifest.kinds))
})

test('one is one, and two are two, by the rules of the language', () => {
  const days = (n: number) => worded(LANGUAGES, 'en', 'days', { n })
  expect([0, 1, 2].map(days)).toEqual(['0 days', '1 day', '2 days'])
  expect(worded(LANGUAGES, 'zh', 'days', { n: 1 })).toBe('1 天')
  const forms = '{n} {n|one:день|few:дня|many:дней|other:дня}'
  const russian = (n: number) => filled(forms, { n }, 'ru')
  expect([1, 2, 5, 21].map(russian)).toEqual(['1 день', '2 дня', '5 дней', '21 день'])
})

test('both languages have the same words, with the same places to be filled', () => {
  const places = (text: string) =>
    [...new Set([...text.matchAll(/\{(\w+)/g)].map(([, name]) => name))].sort().join()
  const differing = (Object.keys(zh) as Word[]).filter((word) => places(zh[word]) !== places(en[word]))
  expect(Object.keys(en).sort()).toEqual(Object.keys(zh).sort())
  expect(differing).toEqual([])
})

describe('what is not right is called as its field is', () => {
  const raw = (data: object, more: object = {}) => ({
    ...{
      id: '0190c2a0-0000-7000-8000-000000000001',
      at: '2026-03-16T08:00:00.000Z',
      run: 1,
      saw: 0,
      by: null,
    },
    ...{ kind: 'ticket.open', entity: '0190c2a0-0000-7000-8000-000000000002', data, ...more },
  })
  const data = {
    ...{ grid: '0190c2a0-0000-7000-8000-000000000003', category: 'parking', title: '门口停车难' },
  }
  const salt = '0'.repeat(32)

  function pathOf(change: object): string {
    try {
      check(change as never)
    } catch (error) {
      if (error instanceof NotRecorded) return error.path
      throw error
    }
    return ''
  }

  test.each([
    ['a line', raw({ ...data, title: '长'.repeat(2_000) }), 'new.line'],
    ['a due time', raw({ ...data, due: 'tomorrow' }), 'ticket.due.label'],
    [
      'who to ask for',
      raw(data, { private: { salt, contact: { name: '长'.repeat(2_000) } } }),
      'ticket.contact.name',
    ],
  ])('%s', (_, change, label) => {
    expect(labelOf(pathOf(change))).toBe(label)
  })

  test('and never as a program calls it', () => {
    expect(labelOf('$.data.name')).toBe('register.name')
    expect(labelOf('$.data.calls[0].unit')).toBe('person.unit')
    for (const path of ['$', '$.data', '$.kind.constructor', '$.run']) expect(labelOf(path)).toBeNull()
  })
})
