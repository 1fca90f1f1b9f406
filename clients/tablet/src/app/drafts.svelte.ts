// What somebody is typing, kept in the database as it is typed: an update of the app, a reload or a flat
// battery in the middle of a form loses nothing. Where it could not be kept, every screen says so at once.

import type { Store } from '../store/store'
import { takeOver } from './old'

const LATER_MS = 250
/** Where a page that goes leaves what it had no time to keep: its last transactions may not be finished. */
const LEFT = 'drafts left'
const MENDS = ' mends '

type Form = [name: string, value: unknown]

/** The draft of a form that mends a change: beside the form's own, which stays what it was. */
export function mendingName(form: string, change: string): string {
  return `${form}${MENDS}${change}`
}

export class Drafts {
  private readonly waiting = new Map<string, ReturnType<typeof setTimeout>>()
  /** What is not durable yet. */
  private readonly newest = new Map<string, unknown>()
  private readonly kept = new Set<string>()
  /** The last that was typed could not be kept: the disk is full, or broken. */
  failed = $state(false)

  private constructor(private readonly store: Store) {}

  /** Takes up what a page before this one had left. */
  static async open(store: Store): Promise<Drafts> {
    const drafts = new Drafts(store)
    if ((await store.get('device')) === undefined) leave([])
    for (const [form, value] of left()) await drafts.tryTo(drafts.keep(form, value))
    await drafts.tryTo(takeOver(store))
    return drafts
  }

  async get<T>(form: string): Promise<T | undefined> {
    if (this.newest.has(form)) return this.newest.get(form) as T
    const found = await this.store.database.drafts.get(form)
    if (found !== undefined) this.kept.add(form)
    return found?.value as T | undefined
  }

  /** Keep a form soon; the last of many in a moment. A form that is as it was at first is none. */
  typed<T extends object>(form: string, value: T, empty: T): void {
    if (JSON.stringify(value) !== JSON.stringify(empty)) this.later(form, value)
    else if (this.newest.has(form) || this.kept.has(form)) void this.tryTo(this.drop(form))
  }

  later(form: string, value: unknown): void {
    this.newest.set(form, value)
    clearTimeout(this.waiting.get(form))
    this.waiting.set(
      form,
      setTimeout(() => void this.tryTo(this.keep(form, value)), LATER_MS),
    )
  }

  async keep(form: string, value: unknown): Promise<void> {
    clearTimeout(this.waiting.get(form))
    this.newest.set(form, value)
    this.kept.add(form)
    await this.store.step('draft', () => this.store.database.drafts.put({ key: form, value }))
    this.failed = false
    if (this.newest.get(form) === value) this.forget(form)
  }

  async drop(form: string): Promise<void> {
    this.forget(form)
    this.kept.delete(form)
    await this.store.step('draft', () => this.store.database.drafts.delete(form))
  }

  /** Everything that waits to be kept, at once: the page is about to go. */
  flush(): void {
    if (this.newest.size === 0) return
    leave([...new Map([...left(), ...this.newest])])
    for (const [form, value] of [...this.newest]) void this.tryTo(this.keep(form, value))
  }

  /** The drafts that mend what cannot be mended any more: each with the id that its thing would have had. */
  async over(mendable: ReadonlySet<string>): Promise<{ form: string; id: string }[]> {
    const all = await this.store.database.drafts.toArray()
    return all
      .filter(({ key }) => key.includes(MENDS) && !mendable.has(key.split(MENDS)[1] ?? ''))
      .map(({ key, value }) => ({ form: key, id: (value as { id?: string }).id ?? '' }))
  }

  private async tryTo(work: Promise<void>): Promise<void> {
    try {
      await work
    } catch {
      this.failed = true
    }
  }

  private forget(form: string): void {
    clearTimeout(this.waiting.get(form))
    this.waiting.delete(form)
    this.newest.delete(form)
    leave(left().filter(([name]) => name !== form))
  }
}

// A browser may forbid this store, or have no room in it: what is typed is in the database all the same.

function left(): Form[] {
  try {
    return JSON.parse(localStorage.getItem(LEFT) ?? '[]') as Form[]
  } catch {
    return []
  }
}

function leave(forms: Form[]): void {
  try {
    if (forms.length > 0) localStorage.setItem(LEFT, JSON.stringify(forms))
    else localStorage.removeItem(LEFT)
  } catch {
    // See above.
  }
}
