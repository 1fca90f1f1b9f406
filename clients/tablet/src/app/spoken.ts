// A note while it is being spoken: each piece of it is on the disk as soon as it is there, so that whoever is
// killed in the middle has what was said so far. The pieces are joined when the app is opened again.

import { Failure } from '../protocol/failures'
import type { Store } from '../store/store'
import type { Made } from '../sync/attachments'
import type { Tablet } from '../sync/tablet'

const KEY = 'spoken '

interface Piece {
  note: string
  ticket: string
  draft: boolean
  type: string
  data: Uint8Array
}

/** Whether a note is being spoken at this moment, in this tab or another. */
export type IsSpoken = (note: string) => Promise<boolean>

/** The pieces of one note; `note` is an id of its own. */
export class Pieces {
  private count = 0

  constructor(
    private readonly store: Store,
    private readonly about: Omit<Piece, 'data'>,
  ) {}

  /** One more, durably; `NotKept`. */
  async keep(data: Uint8Array): Promise<void> {
    const key = `${KEY}${this.about.note} ${String(this.count++).padStart(6, '0')}`
    const value = { ...this.about, data } satisfies Piece
    await this.store.step('draft', () => this.store.database.drafts.put({ key, value }))
  }

  /** The note is kept as a file: its pieces are not needed any more. */
  async forget(): Promise<void> {
    await forget(this.store, this.about.note)
  }
}

/** What was left in pieces becomes notes, as if somebody had said that it was enough; how many. Never throws for a full disk. */
export async function takeUp(tablet: Tablet, isSpoken: IsSpoken): Promise<number> {
  const { drafts } = tablet.store.database
  const notes = new Map<string, Piece[]>()
  for (const { value } of await drafts.where('key').startsWith(KEY).sortBy('key')) {
    const piece = value as Piece
    notes.set(piece.note, [...(notes.get(piece.note) ?? []), piece])
  }
  let taken = 0
  for (const [note, pieces] of notes) {
    if (await isSpoken(note)) continue
    const { ticket, draft } = pieces[0]!
    try {
      // Killed between these two, it is the same file once more, which is one.
      await tablet.attach(ticket, joined(pieces), draft)
      await forget(tablet.store, note)
      taken += 1
    } catch (failure) {
      if (!(failure instanceof Failure)) throw failure
    }
  }
  return taken
}

function joined(pieces: readonly Piece[]): Made {
  const data = new Uint8Array(pieces.reduce((sum, one) => sum + one.data.length, 0))
  let at = 0
  for (const one of pieces) {
    data.set(one.data, at)
    at += one.data.length
  }
  return { type: pieces[0]!.type, data, thumbnail: null }
}

function forget(store: Store, note: string): Promise<number> {
  return store.step('draft', () => store.database.drafts.where('key').startsWith(`${KEY}${note} `).delete())
}

/** While `work` runs, every tab of this browser knows that this note is being spoken. */
export async function speakingOf<T>(note: string, work: () => Promise<T>): Promise<T> {
  return 'locks' in navigator ? navigator.locks.request(KEY + note, work) : work()
}

export const isSpokenNow: IsSpoken = async (note) => {
  if (!('locks' in navigator)) return false
  const { held = [] } = await navigator.locks.query()
  return held.some((lock) => lock.name === KEY + note)
}
