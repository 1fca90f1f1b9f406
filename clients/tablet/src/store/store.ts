// One transaction per step, durable when a step ends. Nothing is kept in memory beside the database, so that
// a tablet that is killed between any two steps is the same tablet when it is opened again.

import Dexie from 'dexie'

import { Failure, NotKept } from '../protocol/failures'
import { Database, type Held } from './database'

/** Told before a step begins, before it commits and after it committed: `record.begin`, `.commit`, `.done`. */
export type Watch = (step: string) => void

/** What a step has changed, for whoever shows it. `documents` is null where all of them are to be read again. */
export interface News {
  step: string
  documents: Change[] | null
}

/** One document that came (`held`) or went. */
export type Change = { collection: string; id: string; held: Held | null }

const QUIET_STEPS: ReadonlySet<string> = new Set([
  'moment',
  'draft',
  'open',
  'asked',
  'used',
  'tries',
  'moved',
  'pace',
])

export class Store {
  readonly database: Database
  private readonly listeners = new Set<(news: News) => void>()

  constructor(
    name: string,
    private readonly watch: Watch = () => {},
  ) {
    this.database = new Database(name)
  }

  /** One transaction over everything. It is on the disk when this returns; else nothing of it, and `NotKept`. */
  async step<T>(name: string, work: () => Promise<T>, changed?: () => Change[] | null): Promise<T> {
    this.watch(`${name}.begin`)
    let value: T
    try {
      value = await this.database.transaction('rw', this.database.tables, async () => {
        const result = await work()
        this.watch(`${name}.commit`)
        return result
      })
    } catch (error) {
      if (error instanceof Failure) throw error
      if (error instanceof Dexie.DexieError) throw new NotKept(`${name}: ${reason(error)}`)
      throw error
    }
    this.watch(`${name}.done`)
    if (!QUIET_STEPS.has(name)) this.tell({ step: name, documents: changed === undefined ? [] : changed() })
    return value
  }

  private tell(news: News): void {
    for (const listener of this.listeners) listener(news)
  }

  /** Be told of every step of this tab; returns how to stop that. */
  listen(listener: (news: News) => void): () => void {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }

  /** A value from the small things: device, token, scope, epoch, checkpoint, … */
  async get<T>(key: string): Promise<T | undefined> {
    return (await this.database.meta.get(key))?.value as T | undefined
  }

  /** Keep small things; null forgets one. Inside a step. */
  async put(values: Record<string, unknown>): Promise<void> {
    for (const [key, value] of Object.entries(values)) {
      if (value === null || value === undefined) await this.database.meta.delete(key)
      else await this.database.meta.put({ key, value })
    }
  }

  close(): void {
    this.database.close()
  }
}

/** What went wrong, by name: a database's own words may repeat what a person wrote. */
function reason(error: InstanceType<typeof Dexie.DexieError>): string {
  const inner: unknown = error.inner
  return inner instanceof Error || inner instanceof DOMException ? inner.name : error.name
}
