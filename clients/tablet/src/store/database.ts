// The tablet's own database: what is on the disk, and in which shape. Everything a tablet knows is here.

import Dexie, { type EntityTable, type Table } from 'dexie'

import type { Mark, Said } from '../protocol/operations'

/** One run of the wall clock: `lowMs` to `highMs` is how far it was ahead of the monotonic one. */
export interface Run {
  run: number
  /** The life of a page that it belongs to: the first run of that page. */
  process: number
  anchorMs: number
  lowMs: number
  highMs: number
  firstMs: number
  lastMs: number
  /** How far the hub is ahead of the monotonic clock, give or take, measured at `contactMs`. */
  hubMs: number | null
  uncertaintyMs: number | null
  contactMs: number | null
}

/** The last word of the hub on a change that needs no sending any more. */
export interface Word {
  outcome: string
  code: string
  sentence: Said
  rule?: string | null
  stands?: unknown
}

/** One change as it was recorded; `body` is the very text that is sent, null once it is let go. */
export interface Kept {
  position: number
  id: string
  seq?: number
  kind: string
  entity: string
  at: string
  run: number
  body: string | null
  /** 1 while there is a body: so the database can find what still may have to be sent. */
  waits?: 1
  quarantine: Mark | null
  word: Word | null
  /** Set by a person who has read what became of it. */
  read?: true
  /** Set when it was mended and sent anew. */
  mended?: true
  /** What was let go and did not come to stand, to be mended: until a day after somebody has read that, or its time is over. */
  mend?: { body: string; untilMs: number }
}

/** A document as the hub last said it; `about` is the change of a verdict. */
export interface Held {
  collection: string
  id: string
  rev: number
  body: Record<string, any>
  generation: number
  about?: string
}

/**
 * A photo or spoken note of a ticket; `epoch` is that of the hub which took it, 0 before one did. Its bytes lie
 * apart, so that whoever only counts or lists does not read them.
 */
export interface Attached {
  ticket: string
  sha256: string
  type: string
  thumbnail: string | null
  at: string
  /** DRAFT until its ticket is recorded; REFUSED with the hub's `code`. */
  state: 'DRAFT' | 'WAITS' | 'SENT' | 'REFUSED'
  code: string | null
  epoch: number
  /** How often it did not get through, and what the last time came of: no useful answer, or no network. */
  tries?: number | undefined
  failed?: 'ANSWER' | 'NETWORK' | undefined
  /** Where an app before the fourth version had the bytes; the next meeting moves them. */
  data?: Uint8Array
}

/** The bytes of a photo or spoken note that was made here. */
export interface Content {
  ticket: string
  sha256: string
  data: Uint8Array
}

/** A photo or spoken note that another tablet sent; `data` only while there is room, the thumbnail always. */
export interface Looked {
  ticket: string
  sha256: string
  type: string
  at: string
  data: Uint8Array | null
  thumbnail: string | null
  /** When it was fetched or looked at, for what goes first. */
  usedMs: number
}

export interface Small {
  key: string
  value: unknown
}

export class Database extends Dexie {
  declare meta: EntityTable<Small, 'key'>
  declare runs: EntityTable<Run, 'run'>
  declare changes: EntityTable<Kept, 'position'>
  declare documents: Table<Held, [string, string]>
  /** What somebody was typing, by form; kept until it is recorded or thrown away. */
  declare drafts: EntityTable<Small, 'key'>
  declare attachments: Table<Attached, [string, string]>
  declare contents: Table<Content, [string, string]>
  declare looked: Table<Looked, [string, string]>

  constructor(name: string) {
    super(name, { chromeTransactionDurability: 'strict' })
    this.version(1).stores({
      meta: 'key',
      runs: 'run, process',
      changes: '++position, &id, &seq, waits',
      documents: '[collection+id], collection, about',
      drafts: 'key',
    })
    this.version(2).stores({ attachments: '[ticket+sha256], ticket, state' })
    this.version(3).stores({ looked: '[ticket+sha256], ticket, usedMs' })
    // Nothing is moved here: on a full disk that would fail, and the app could not be opened.
    this.version(4).stores({
      attachments: '[ticket+sha256], ticket, state, [state+failed]',
      contents: '[ticket+sha256]',
    })
  }
}
