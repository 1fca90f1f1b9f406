// The languages there are. A language is a file beside this one and a line here; whatever it does not say yet,
// and whatever a district or a verdict says only in others, is said in the next of FALLBACK.

import { en } from './en'
import { zh, type Word } from './zh'

export interface Tongue {
  name: string
  tag: string
  direction: 'ltr' | 'rtl'
  words: Partial<Record<Word, string>>
}

/** In which language to say what the asked one does not. */
const FALLBACK = ['en', 'zh'] as const

export const LANGUAGES = {
  zh: { name: '简体中文', tag: 'zh-Hans', direction: 'ltr', words: zh },
  en: { name: 'English', tag: 'en', direction: 'ltr', words: en },
} as const satisfies Record<string, Tongue>

export type Language = keyof typeof LANGUAGES

/** What is said in some languages, in the asked one or the next best; empty only where none says anything. */
export function inLanguage(said: object | null | undefined, language: string): string {
  const texts = (said ?? {}) as Readonly<Record<string, unknown>>
  for (const one of [language, ...FALLBACK]) {
    const text = texts[one]
    if (typeof text === 'string' && text !== '') return text
  }
  return ''
}

const plurals = new Map<string, Intl.PluralRules>()

/**
 * A text with its places filled: `{n}` by the value, `{n|one:day|other:days}` by the form that the language of
 * the text has for that number.
 */
export function filled(text: string, values: Readonly<Record<string, string | number>>, tag: string): string {
  return text.replace(/\{(\w+)(?:\|([^}]*))?\}/g, (_, name: string, forms?: string) => {
    const value = values[name] ?? ''
    return forms === undefined ? String(value) : formOf(forms, Number(value), tag)
  })
}

function formOf(forms: string, number: number, tag: string): string {
  let rules = plurals.get(tag)
  if (rules === undefined) plurals.set(tag, (rules = new Intl.PluralRules(tag)))
  const known = new Map(forms.split('|').map((one) => one.split(':') as [string, string]))
  return known.get(rules.select(number)) ?? known.get('other') ?? ''
}

/** A word in a language of this table, or in the next one that has it. */
export function worded(
  languages: Readonly<Record<string, Tongue>>,
  language: string,
  word: Word,
  values: Readonly<Record<string, string | number>> = {},
): string {
  for (const one of [language, ...FALLBACK]) {
    const tongue = languages[one]
    const text = tongue?.words[word]
    if (tongue !== undefined && text !== undefined) return filled(text, values, tongue.tag)
  }
  return word
}
