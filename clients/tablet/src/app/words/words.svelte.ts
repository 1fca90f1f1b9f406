// Which language is spoken, and saying a word in it.

import { inLanguage, LANGUAGES, worded, type Language } from './languages'
import { zh, type Word } from './zh'

export { LANGUAGES, type Language }

const KEY = 'language'

function chosen(): Language {
  const kept = localStorage.getItem(KEY)
  return kept !== null && kept in LANGUAGES ? (kept as Language) : 'zh'
}

export type Words = Word

class Spoken {
  language = $state<Language>(chosen())

  speak(language: Language): void {
    this.language = language
    localStorage.setItem(KEY, language)
    this.show()
  }

  /** Tell the page which language it is in, and which way that is written. */
  show(): void {
    const { tag, direction } = LANGUAGES[this.language]
    document.documentElement.lang = tag
    document.documentElement.dir = direction
    document.title = t('app')
  }
}

export const spoken = new Spoken()

/** A word in the language of the screen, its `{places}` filled. */
export function t(word: Word, values: Record<string, string | number> = {}): string {
  return worded(LANGUAGES, spoken.language, word, values)
}

/** What a district named, or a verdict says, in the languages that it has. */
export function named(name: object | null | undefined): string {
  return inLanguage(name, spoken.language)
}

/** A month, quarter, half-year or year by its code: `2026-11`, `2026-Q4`, `2026-H2`, `2026`. */
export function periodName(code: string): string {
  const [year = '', part = ''] = code.split('-')
  const n = part.replace(/\D/, '').replace(/^0/, '')
  if (part === '') return t('period.year', { year })
  if (part.startsWith('H')) return t(n === '1' ? 'period.half.1' : 'period.half.2', { year })
  return t(part.startsWith('Q') ? 'period.quarter' : 'period.month', { year, n })
}

/** A word that is put together, where there is such a one. */
export function maybe(word: string, otherwise: Word): string {
  return t((word in zh ? word : otherwise) as Word)
}
