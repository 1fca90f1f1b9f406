// What the hub said: the documents this tablet holds, taken page by page, checked on the last one.
//
// A page is one step: its documents, its checkpoint and its scope are kept together or not at all. While a
// reset runs each page carries its generation; the last page sweeps what is of an older one.

import { checkDigest } from '../protocol/fingerprint'
import { isObject } from '../protocol/canonical'
import { Unreachable } from '../protocol/failures'
import type { Check, Document, Grid, Page } from '../protocol/types'
import type { Held } from '../store/database'
import type { Change, Store } from '../store/store'

const NOTHING = { count: 0, digest: checkDigest([]) }

/** What a page brought: whether the scope or the epoch is another now, and whether the sum agrees. */
export interface Taken {
  /** This was not the last page. */
  more: boolean
  scopeChanged: boolean
  epochChanged: boolean
  /** null where there was nothing to compare with. */
  agrees: boolean | null
}

export class Holdings {
  constructor(private readonly store: Store) {}

  private get documents() {
    return this.store.database.documents
  }

  /** Keep a page that answered a pull from `after`. `nextSeq` is where work in a new scope begins. */
  take(page: Page, after: string | null, nextSeq: number, release: () => Promise<void>): Promise<Taken> {
    let changed: Change[] | null = []
    const work = async (): Promise<Taken> => {
      if (after !== ((await this.store.get<string>('checkpoint')) ?? null))
        throw new Unreachable('the page goes on from what is not held any more')
      const generation = await this.generation(page, after)
      const resetting = (await this.store.get<boolean>('resetting')) ?? false
      changed = await this.keep(page.documents, generation, resetting)
      if (resetting && !page.more) {
        await this.documents.filter((one) => one.generation < generation).delete()
        await this.store.put({ resetting: null })
        changed = null
      }
      const taken = {
        more: page.more,
        scopeChanged: !same(page.scope, (await this.store.get<Grid[]>('scope')) ?? []),
        epochChanged: page.epoch !== (await this.store.get<number>('epoch')),
        agrees: page.more || page.check === null ? null : await this.agrees(page.check),
      }
      await this.store.put({
        ...{ checkpoint: page.checkpoint, scope: page.scope, epoch: page.epoch },
        heard: taken.scopeChanged ? nextSeq : null,
      })
      await release()
      return taken
    }
    return this.store.step('page', work, () => changed)
  }

  /** A reset begins a new generation: by the hub's word, or because nothing was held to go on from. */
  private async generation(page: Page, after: string | null): Promise<number> {
    const generation = (await this.store.get<number>('generation')) ?? 0
    if (!page.reset && after !== null) return generation
    await this.store.put({ generation: generation + 1, resetting: true })
    return generation + 1
  }

  private async keep(
    documents: readonly Document[],
    generation: number,
    resetting: boolean,
  ): Promise<Change[]> {
    const held = await this.documents.bulkGet(documents.map((one) => [one.collection, one.id]))
    const known = new Map(held.flatMap((one) => (one ? [[key(one), one.rev]] : [])))
    const puts = new Map<string, Held>()
    const drops = new Map<string, [string, string]>()
    for (const one of documents) {
      if (!resetting && one.rev <= (known.get(key(one)) ?? -1)) continue
      puts.delete(key(one))
      drops.delete(key(one))
      if (one.state === 'LIVE' && isObject(one.body)) {
        puts.set(key(one), put(one, one.body, generation))
        known.set(key(one), one.rev)
      } else {
        drops.set(key(one), [one.collection, one.id])
        known.delete(key(one))
      }
    }
    await this.documents.bulkPut([...puts.values()])
    await this.documents.bulkDelete([...drops.values()])
    return [
      ...[...puts.values()].map((one) => ({ collection: one.collection, id: one.id, held: one })),
      ...[...drops.values()].map(([collection, id]) => ({ collection, id, held: null })),
    ]
  }

  /** Whether what is held is what the hub says: count and digest of every collection, named or not. */
  private async agrees(check: readonly Check[]): Promise<boolean> {
    const said = new Map(check.map((line) => [line.collection, line]))
    const held = new Map<string, [string, number][]>()
    await this.documents.each((one) => {
      const lines = held.get(one.collection) ?? []
      lines.push([one.id, one.rev])
      held.set(one.collection, lines)
    })
    return [...new Set([...said.keys(), ...held.keys()])].every((name) => {
      const { count, digest } = said.get(name) ?? NOTHING
      const lines = held.get(name) ?? []
      return lines.length === count && checkDigest(lines) === digest
    })
  }

  /** Forget the checkpoint, so that the next pull brings everything again. */
  startOver(): Promise<void> {
    return this.store.step('reset', () => this.store.put({ checkpoint: null }))
  }

  /** The rev of a held document, 0 where there is none. */
  async rev(collection: string, id: string): Promise<number> {
    return (await this.documents.get([collection, id]))?.rev ?? 0
  }

  /** Everything that is held. */
  all(): Promise<Held[]> {
    return this.documents.toArray()
  }
}

function put(document: Document, body: Record<string, any>, generation: number): Held {
  const { collection, id, rev } = document
  const about = collection === 'verdict' && typeof body.change === 'string' ? { about: body.change } : {}
  return { collection, id, rev, body, generation, ...about }
}

function key(one: { collection: string; id: string }): string {
  return `${one.collection}/${one.id}`
}

function same(one: readonly Grid[], other: readonly Grid[]): boolean {
  const ids = new Set(other.map((grid) => grid.id))
  return one.length === ids.size && one.every((grid) => ids.has(grid.id))
}
