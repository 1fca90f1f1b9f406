// What is said to the hub: the protocol's operations as GraphQL, and the reading of what comes back.
// What is not shaped as the protocol says is no answer.

import type { Listed, Piece, Told } from './attachments'
import { isObject, type Json } from './canonical'
import { Unreachable } from './failures'
import manifest from './manifest.json'
import { parseTime } from './time'
import type { Document, Enrolment, Grid, Page, Receipt } from './types'

export const PROTOCOL = manifest.protocol.version

const ENROLMENT = '{ device token epoch scope { id code } }'

export const OPERATIONS = {
  enrol: `mutation enrol($code: String!, $name: String!, $appVersion: String!, $kept: KeptInput) {
    enrol(code: $code, name: $name, appVersion: $appVersion, kept: $kept) ${ENROLMENT} }`,
  renew: `mutation renew($after: String, $oldest: Long) { renew(after: $after, oldest: $oldest) ${ENROLMENT} }`,
  push: `mutation push($upload: UploadInput!) { push(upload: $upload) {
    receivedThrough settledThrough durableThrough settlesAt epoch
    quarantined { seq id code zh: sentence(language: ZH) en: sentence(language: EN) } } }`,
  pull: `query pull($after: String, $next: Long!, $limit: Int!) {
    pull(after: $after, next: $next, limit: $limit) {
      documents { collection id rev state body } checkpoint more reset epoch
      scope { id code } check { collection count digest } remaining } }`,
  now: 'query now { now }',
} as const

export type Operation = keyof typeof OPERATIONS

/** What may be asked twice when nobody knows whether it was heard; each enrol and renew makes a device. */
export const REPEATABLE: ReadonlySet<Operation> = new Set(['push', 'pull', 'now'])

/** The way to the hub: the data of the operation's field, or `Unreachable` or `Refused` is thrown. */
export interface Transport {
  call(operation: Operation, variables: Json, token: string | null): Promise<unknown>
  /** A piece of a photo or spoken note; `Unreachable` is thrown. */
  put(piece: Piece, token: string | null): Promise<Told>
  /** What the hub has of a ticket's photos and spoken notes; null where it knows no such ticket. */
  list(ticket: string, token: string | null): Promise<Listed[] | null>
  /** One of them, whole and checked; null where it is no more. */
  get(ticket: string, sha256: string, token: string | null): Promise<Uint8Array | null>
}

export interface Said {
  zh: string
  en: string
}

/** What an author is told of a change that was set apart. */
export interface Mark {
  seq: number
  code: string
  sentence: Said
}

export function readEnrolment(data: unknown): Enrolment {
  const from = object(data)
  return {
    device: text(from.device),
    token: text(from.token),
    epoch: whole(from.epoch),
    scope: grids(from.scope),
  }
}

/** A receipt, and for each seq in quarantine what its author is to be told. */
export function readReceipt(data: unknown): [Receipt, Mark[]] {
  const from = object(data)
  const quarantined = list(from.quarantined).map((one) => {
    const line = object(one)
    return { seq: whole(line.seq), id: optional(line.id, text), code: text(line.code), said: line }
  })
  const receipt = {
    receivedThrough: whole(from.receivedThrough),
    settledThrough: whole(from.settledThrough),
    durableThrough: whole(from.durableThrough),
    settlesAt: optional(from.settlesAt, text),
    epoch: whole(from.epoch),
    quarantined: quarantined.map(({ seq, id, code }) => ({ seq, id, code })),
  }
  return [receipt, quarantined.map(({ seq, code, said }) => ({ seq, code, sentence: sentence(code, said) }))]
}

function sentence(code: string, said: Json): Said {
  const row = (manifest.codes as Record<string, { zh: string; en: string; values: string[] }>)[code]
  const known = row !== undefined && row.values.length === 0 ? row : { zh: code, en: code }
  return {
    zh: typeof said.zh === 'string' ? said.zh : known.zh,
    en: typeof said.en === 'string' ? said.en : known.en,
  }
}

export function readPage(data: unknown): Page {
  const from = object(data)
  return {
    documents: list(from.documents).map(readDocument),
    checkpoint: text(from.checkpoint),
    more: flag(from.more),
    reset: flag(from.reset),
    epoch: whole(from.epoch),
    scope: grids(from.scope),
    check: optional(from.check, (value) =>
      list(value).map((one) => {
        const line = object(one)
        return { collection: text(line.collection), count: whole(line.count), digest: text(line.digest) }
      }),
    ),
    remaining: optional(from.remaining ?? null, whole),
  }
}

function readDocument(data: unknown): Document {
  const from = object(data)
  const state = text(from.state)
  if (state === 'LIVE') object(from.body)
  else if (state !== 'LEFT' && state !== 'GONE') throw wrong('state')
  return {
    collection: text(from.collection),
    id: text(from.id),
    rev: whole(from.rev),
    state,
    body: from.body,
  }
}

/** Milliseconds since 1970 by the hub's clock. */
export function readTime(data: unknown): number {
  try {
    return parseTime(text(data))
  } catch {
    throw wrong('time')
  }
}

function wrong(what: string): Unreachable {
  return new Unreachable(`the answer was not what the protocol says: ${what}`)
}

function object(value: unknown): Json {
  if (!isObject(value)) throw wrong('object')
  return value
}

function list(value: unknown): unknown[] {
  if (!Array.isArray(value)) throw wrong('list')
  return value
}

function text(value: unknown): string {
  if (typeof value !== 'string') throw wrong('text')
  return value
}

function whole(value: unknown): number {
  if (typeof value !== 'number' || !Number.isSafeInteger(value)) throw wrong('number')
  return value
}

function flag(value: unknown): boolean {
  if (typeof value !== 'boolean') throw wrong('flag')
  return value
}

function optional<T>(value: unknown, read: (value: unknown) => T): T | null {
  return value === null || value === undefined ? null : read(value)
}

function grids(value: unknown): Grid[] {
  return list(value).map((one) => {
    const grid = object(one)
    return { id: text(grid.id), code: text(grid.code) }
  })
}
