// What somebody is typing, kept in the database as it is typed: an update of the app, a reload or a flat
// battery in the middle of a form loses nothing.

import type { Store } from '../store/store'

const LATER_MS = 250

export class Drafts {
  private readonly waiting = new Map<string, ReturnType<typeof setTimeout>>()
  private readonly newest = new Map<string, unknown>()

  constructor(private readonly store: Store) {}

  async get<T>(form: string): Promise<T | undefined> {
    return (await this.store.database.drafts.get(form))?.value as T | undefined
  }

  /** Keep a form soon; the last of many in a moment. A form that is as it was at first is none. */
  typed<T extends object>(form: string, value: T, empty: T): void {
    if (JSON.stringify(value) !== JSON.stringify(empty)) this.later(form, value)
    else if (this.newest.has(form)) void this.drop(form)
  }

  later(form: string, value: unknown): void {
    this.newest.set(form, value)
    clearTimeout(this.waiting.get(form))
    this.waiting.set(
      form,
      setTimeout(() => void this.keep(form, value).catch(() => {}), LATER_MS),
    )
  }

  async keep(form: string, value: unknown): Promise<void> {
    this.forgetWaiting(form)
    await this.store.step('draft', () => this.store.database.drafts.put({ key: form, value }))
  }

  async drop(form: string): Promise<void> {
    this.forgetWaiting(form)
    await this.store.step('draft', () => this.store.database.drafts.delete(form))
  }

  /** Everything that waits to be kept, at once: the page is about to go. */
  flush(): void {
    for (const [form, value] of [...this.newest]) void this.keep(form, value).catch(() => {})
  }

  private forgetWaiting(form: string): void {
    clearTimeout(this.waiting.get(form))
    this.waiting.delete(form)
    this.newest.delete(form)
  }
}
