// What the browser would say of a field that is empty or not right, in the words of the screen: its own would be in
// whatever language the tablet was bought with.

import { t } from './words/words.svelte'

type Field = HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement

const said = new Set<Field>()

/** Say it from now on, on every screen. */
export function sayWhatIsWrong(): void {
  document.addEventListener('invalid', ({ target }) => say(target as Field), { capture: true })
  // Whatever is touched is judged anew, also where another field decides whether this one is needed.
  for (const touch of ['click', 'input', 'change'])
    document.addEventListener(touch, () => forget(), { capture: true })
}

function say(field: Field): void {
  if (field.validity.customError && !said.has(field)) return
  field.setCustomValidity('')
  field.setCustomValidity(wordsFor(field))
  said.add(field)
}

function forget(): void {
  for (const field of said) field.setCustomValidity('')
  said.clear()
}

function wordsFor(field: Field): string {
  const { valueMissing, rangeUnderflow, rangeOverflow, patternMismatch } = field.validity
  if (valueMissing) return t(isChosen(field) ? 'field.choose' : 'field.missing')
  if (patternMismatch && field.title !== '') return field.title
  if (rangeUnderflow || rangeOverflow) {
    const { min, max } = field as HTMLInputElement
    const [from, until] = [min, max].map((one) => one.replace('T', ' '))
    return t(rangeUnderflow ? 'field.from' : 'field.until', { from: from ?? '', until: until ?? '' })
  }
  return field.validity.valid ? '' : t('field.wrong')
}

function isChosen(field: Field): boolean {
  return field instanceof HTMLSelectElement || ['radio', 'checkbox'].includes(field.type)
}
