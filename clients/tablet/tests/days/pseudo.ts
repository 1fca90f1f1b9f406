// A language that nobody speaks: written from right to left, in long words. It shows what a translation does to
// the screens before there is one.

import { en } from '../../src/app/words/en'

const LETTERS = 'abcdefghijklmnopqrstuvwxyz'
const OTHERS = 'אבגדהוזחטיכלמנסעפצקרשתףץךם'

/** Letters of the other writing, half as long again, and the places where values go left as they are. */
export function pseudo(text: string): string {
  return text
    .split(/(\{\w+\})/)
    .map((part) => (part.startsWith('{') ? part : part.replace(/[A-Za-z]+/g, lengthened)))
    .join('')
}

function lengthened(word: string): string {
  const longer = word + word.slice(0, Math.ceil(word.length / 2))
  return Array.from(longer.toLowerCase(), (letter) => OTHERS[LETTERS.indexOf(letter)]).join('')
}

/** The built app with this language in the place of English; how many of its sentences were found. */
export function translated(script: string): { script: string; found: number } {
  let found = 0
  for (const text of new Set(Object.values(en)))
    for (const quote of ['`', '"', "'"]) {
      const whole = `${quote}${text}${quote}`
      if (!script.includes(whole)) continue
      found += 1
      script = script.replaceAll(`:${whole}`, `:${quote}${pseudo(text)}${quote}`)
    }
  const direction = /(tag:[`"']en[`"'],direction:[`"'])ltr/
  return { script: script.replace(direction, '$1rtl'), found }
}
