// A form as a screen holds it: kept as it is typed, found again, thrown away, and over when it is recorded.
// What mends a change has a draft of its own, so that an unfinished form stays what it was.

import type { Pending } from '../sync/view'
import { mendingName } from './drafts.svelte'
import { route } from './route.svelte'
import { app } from './setting'

interface Ways<T> {
  /** What a change that did not stand had said; null where it is not one of this form's. */
  again?: (change: Pending) => Partial<T> | null
  /** Whether the thing of this id is recorded: then who was killed before the draft was dropped is done. */
  made?: (id: string) => boolean
  /** The ids are known, before anything is shown: what came with the change that is mended is brought here. */
  begin?: (id: string, mended: Pending) => Promise<void>
}

export class Form<T extends object> {
  value = $state() as T
  /** The id that its thing will have: kept with the form, so that nothing is recorded twice. */
  id = $state('')
  /** What was typed before is here again. */
  kept = $state(false)
  ready = $state(false)
  /** The change that this form mends. */
  private from: string | null = null
  private mended: Pending | null = null
  private readonly app = app()

  /** Made while a component is. */
  constructor(
    private readonly name: string,
    private readonly empty: T,
    private readonly ways: Ways<T> = {},
  ) {
    this.id = this.app.tablet.newId()
    const from = route.place.query.get('from')
    const change = this.app.world.mending(from)
    if (from !== null && change !== null && ways.again?.(change)) [this.from, this.mended] = [from, change]
    this.value = this.first()
    void this.load()
    $effect(() => {
      const value = this.whole()
      if (this.ready) this.app.drafts.typed(this.key, value, { ...this.empty, id: value.id })
    })
  }

  /** The kind of the change that is mended here. */
  get mends(): string | null {
    return this.mended?.kind ?? null
  }

  private get key(): string {
    return this.from === null ? this.name : mendingName(this.name, this.from)
  }

  private whole(): T & { id: string } {
    return Object.assign({}, $state.snapshot(this.value) as T, { id: this.id })
  }

  /** Empty, or as the change that is mended had it. */
  private first(): T {
    const said = this.mended === null ? {} : (this.ways.again?.(this.mended) ?? {})
    return { ...structuredClone(this.empty), ...said }
  }

  private async load(): Promise<void> {
    const { drafts } = this.app
    const draft = await drafts.get<T & { id?: string }>(this.key)
    if (draft?.id && this.ways.made?.(draft.id)) await drafts.drop(this.key)
    else if (draft !== undefined) this.take(draft)
    else if (this.mended !== null) await this.ways.begin?.(this.id, this.mended)
    this.ready = true
  }

  private take({ id, ...value }: T & { id?: string }): void {
    this.value = { ...this.empty, ...(value as unknown as T) }
    this.id = id || this.id
    this.kept = true
  }

  /** Keep it now: what comes next may be the last. */
  keep(more: Partial<T> = {}): Promise<void> {
    return this.app.drafts.keep(this.key, { ...this.whole(), ...more })
  }

  /** Away with what was typed: the form is as it was at first. */
  async drop(): Promise<void> {
    this.clear()
    await this.app.drafts.drop(this.key)
    if (this.mended !== null) await this.ways.begin?.(this.id, this.mended)
  }

  /** It is recorded, and what it mended is mended. */
  async done(): Promise<void> {
    this.ready = false
    if (this.from !== null) await this.app.tablet.mended(this.from)
    await this.app.drafts.drop(this.key)
  }

  /** It is recorded on a screen that stays: the next one begins empty, or as it was left. */
  async next(): Promise<void> {
    await this.done()
    ;[this.from, this.mended] = [null, null]
    this.clear()
    await this.load()
  }

  private clear(): void {
    this.value = this.first()
    this.id = this.app.tablet.newId()
    this.kept = false
  }
}
