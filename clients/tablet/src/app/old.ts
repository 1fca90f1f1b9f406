// Drafts under names that an app before this one gave them: whoever was typing when it was updated finds that again.

import type { Store } from '../store/store'

const NOTE = 'note '
const LATER = 'service later'

type Typed = Record<string, unknown>

/** What a form of today is called and had typed, from what one of before was called and had; null of one of today. */
function today(key: string, value: unknown): { key: string; typed: Typed } | null {
  if (key.startsWith(NOTE)) return { key: `ticket ${key.slice(NOTE.length)}`, typed: { note: value } }
  if (key !== LATER) return null
  const { ticket = '', ...typed } = value as Typed
  return { key: 'service', typed: { about: ticket ? `ticket ${ticket}` : '', later: true, ...typed } }
}

/** Gives them the names of today. One whose form is being filled in already waits until that is done. */
export async function takeOver(store: Store): Promise<void> {
  const { drafts } = store.database
  const old = () => drafts.where('key').startsWithAnyOf(NOTE, LATER)
  if ((await old().count()) === 0) return
  await store.step('draft', async () => {
    for (const { key, value } of await old().toArray()) {
      const found = today(key, value)
      if (found === null) continue
      const there = ((await drafts.get(found.key))?.value ?? {}) as Typed
      if (Object.keys(found.typed).some((field) => there[field])) continue
      await drafts.put({ key: found.key, value: { ...there, ...found.typed } })
      await drafts.delete(key)
    }
  })
}
