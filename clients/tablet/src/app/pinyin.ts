// Pinyin initials of Chinese names, for searching: by the order in which the language sorts its characters.
// No dictionary has to be carried; of a character with two readings the commoner one counts.

/** The first character of each letter, in the order of pinyin. No syllable begins with i, u or v. */
const FIRST = '阿八嚓哒妸发旮哈讥咔垃妈拏噢妑七呥扨他穵夕丫帀'
const LETTERS = 'abcdefghjklmnopqrstwxyz'
const CHINESE = /^[\u4e00-\u9fff]$/
const order = new Intl.Collator('zh-Hans-u-co-pinyin')
const known = new Map<string, string>()

/** `王小明` -> `wxm`; what is not Chinese stays, in small letters. */
export function initials(text: string): string {
  return Array.from(text.toLowerCase().replace(/\s+/g, ''), initial).join('')
}

function initial(character: string): string {
  if (!CHINESE.test(character)) return character
  let letter = known.get(character)
  if (letter === undefined) {
    let index = FIRST.length - 1
    while (index > 0 && order.compare(character, FIRST[index] ?? '') < 0) index--
    letter = LETTERS[index] ?? character
    known.set(character, letter)
  }
  return letter
}
