// A language that nobody speaks: written from right to left, in long words. It shows what a translation does to
// the screens before there is one.

/** Letters of the other writing, half as long again, and the places where values go left as they are. */
export function pseudo(text: string): string {
  const letters = 'abcdefghijklmnopqrstuvwxyz'
  const others = 'אבגדהוזחטיכלמנסעפצקרשתףץךם'
  const lengthened = (word: string) =>
    Array.from(
      (word + word.slice(0, Math.ceil(word.length / 2))).toLowerCase(),
      (letter) => others[letters.indexOf(letter)],
    ).join('')
  return text
    .split(/(\{[^}]+\})/)
    .map((part) => (part.startsWith('{') ? part : part.replace(/[A-Za-z]+/g, lengthened)))
    .join('')
}

/** The built app with this language as a third one, made of what it says in English. */
export function withAThird(script: string): string {
  const english = /,en:(\{name:[`'"]English[`'"],tag:[`'"]en[`'"],direction:[`'"]ltr[`'"],words:\w+\})\}/
  const words = `Object.fromEntries(Object.entries(one.words).map(([word, text]) => [word, (${pseudo})(text)]))`
  const third = `((one) => ({ name: 'pseudo', tag: 'ar', direction: 'rtl', words: ${words} }))`
  return script.replace(english, (whole, one: string) => `${whole.slice(0, -1)},pseudo:${third}(${one})}`)
}
