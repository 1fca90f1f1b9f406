// The way of photos and spoken notes: apart from changes, piece by piece, each answered by how far it came.

import { sha256 as hashOf } from '@noble/hashes/sha2.js'
import { bytesToHex } from '@noble/hashes/utils.js'

import { isObject } from './canonical'
import { Unanswered, Unreachable } from './failures'

/** What the hub says of a file: how much of it is there, or the code of why it is not taken. */
export interface Told {
  received: number
  code: string | null
}

/** One PUT: a piece of a file, or none to ask how far it came. Throws `Unreachable`, or `Unanswered`. */
export interface Piece {
  ticket: string
  sha256: string
  type: string
  total: number
  start: number
  data: Uint8Array
}

/** A whole file of a ticket, as the hub lists it. */
export interface Listed {
  sha256: string
  type: string
  bytes: number
  at: string
}

/** Codes that no sending again will alter: the file stays here, and its author is told. */
export const FINAL: ReadonlySet<string> = new Set([
  ...['NOT_FOUND', 'ATTACHMENT_KIND', 'ATTACHMENT_METADATA', 'ATTACHMENT_DIFFERS', 'ATTACHMENT_ERASED'],
  ...['TOO_MANY_ATTACHMENTS', 'TOO_LARGE', 'BAD_RANGE'],
])

const TIMEOUT_MS = 60_000
const HIDDEN = {
  ...{ cache: 'no-store', credentials: 'omit', redirect: 'error', referrerPolicy: 'no-referrer' },
} as const satisfies RequestInit

export async function put(url: string, piece: Piece, token: string | null, ask: typeof fetch): Promise<Told> {
  const { data, start, total } = piece
  const range = data.length > 0 ? `${start}-${start + data.length - 1}` : '*'
  let text: string
  let status: number
  try {
    const response = await ask(addressOf(url, piece), {
      ...{ method: 'PUT', body: data as BodyInit, signal: AbortSignal.timeout(TIMEOUT_MS), ...HIDDEN },
      headers: {
        'Content-Type': piece.type,
        'Content-Range': `bytes ${range}/${total}`,
        Authorization: `Bearer ${token ?? ''}`,
      },
    })
    status = response.status
    text = await response.text()
  } catch (error) {
    throw new Unreachable(error instanceof Error ? error.name : 'network')
  }
  return read(parsed(text), status)
}

/** What a ticket has; `Unreachable`, also where the answer is none. Null: there is no such ticket for us. */
export async function list(
  url: string,
  ticket: string,
  token: string | null,
  ask: typeof fetch,
): Promise<Listed[] | null> {
  const response = await asked(addressOf(url, { ticket, sha256: '' }), token, ask)
  const answer: unknown = await response.json().catch(() => null)
  const said = isObject(answer) ? answer : {}
  if (response.status === 404 && 'errors' in said) return null
  if (response.status !== 200 || !Array.isArray(said.attachments))
    throw new Unanswered('an answer without a list')
  return said.attachments.map((one: unknown) => {
    if (!isListed(one)) throw new Unanswered('a list that cannot be read')
    return one
  })
}

/** One file; `Unreachable`, also where it is not what was listed. */
export async function get(
  url: string,
  file: { ticket: string; sha256: string },
  token: string | null,
  ask: typeof fetch,
): Promise<Uint8Array | null> {
  const response = await asked(addressOf(url, file), token, ask)
  if (response.status === 404) return null
  const data = new Uint8Array(await response.arrayBuffer().catch(() => new ArrayBuffer(0)))
  if (response.status !== 200 || bytesToHex(hashOf(data)) !== file.sha256)
    throw new Unanswered('a file that is not the one that was asked for')
  return data
}

async function asked(address: string, token: string | null, ask: typeof fetch): Promise<Response> {
  try {
    const headers = { Authorization: `Bearer ${token ?? ''}` }
    return await ask(address, { headers, signal: AbortSignal.timeout(TIMEOUT_MS), ...HIDDEN })
  } catch (error) {
    throw new Unreachable(error instanceof Error ? error.name : 'network')
  }
}

function isListed(one: unknown): one is Listed {
  return (
    isObject(one) &&
    [one.sha256, one.type, one.at].every((text) => typeof text === 'string') &&
    typeof one.bytes === 'number'
  )
}

function addressOf(url: string, { ticket, sha256 }: { ticket: string; sha256: string }): string {
  return `${url.replace(/\/graphql$/, '')}/attachments${sha256 && `/${sha256}`}?ticket=${ticket}`
}

/** What is not shaped as the protocol says is no answer. */
function read(answer: unknown, status: number): Told {
  const said = isObject(answer) ? answer : {}
  const [error] = Array.isArray(said.errors) ? (said.errors as unknown[]) : []
  const extensions = isObject(error) && isObject(error.extensions) ? error.extensions : {}
  const received = extensions.received ?? said.received
  const code = typeof extensions.code === 'string' ? extensions.code : null
  if (code !== null) return { received: typeof received === 'number' ? received : 0, code }
  if (status < 200 || status > 299 || typeof received !== 'number')
    throw new Unanswered(`an answer without code, status ${status}`)
  return { received, code: null }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
