// The way of photos and spoken notes: apart from changes, piece by piece, each answered by how far it came.

import { isObject } from './canonical'
import { Unreachable } from './failures'

/** What the hub says of a file: how much of it is there, or the code of why it is not taken. */
export interface Told {
  received: number
  code: string | null
}

/** One PUT: a piece of a file, or none to ask how far it came. Throws `Unreachable`. */
export interface Piece {
  ticket: string
  sha256: string
  type: string
  total: number
  start: number
  data: Uint8Array
}

/** Codes that no sending again will alter: the file stays here, and its author is told. */
export const FINAL: ReadonlySet<string> = new Set([
  ...['NOT_FOUND', 'ATTACHMENT_KIND', 'ATTACHMENT_METADATA', 'ATTACHMENT_DIFFERS', 'ATTACHMENT_ERASED'],
  ...['TOO_MANY_ATTACHMENTS', 'TOO_LARGE', 'BAD_RANGE'],
])

const TIMEOUT_MS = 60_000

export async function put(url: string, piece: Piece, token: string | null, ask: typeof fetch): Promise<Told> {
  const { data, start, total } = piece
  const range = data.length > 0 ? `${start}-${start + data.length - 1}` : '*'
  let answer: unknown
  let status: number
  try {
    const response = await ask(addressOf(url, piece), {
      ...{
        method: 'PUT',
        body: data as BodyInit,
        signal: AbortSignal.timeout(TIMEOUT_MS),
        cache: 'no-store',
      },
      ...{ credentials: 'omit', redirect: 'error', referrerPolicy: 'no-referrer' },
      headers: {
        'Content-Type': piece.type,
        'Content-Range': `bytes ${range}/${total}`,
        Authorization: `Bearer ${token ?? ''}`,
      },
    })
    status = response.status
    answer = await response.json()
  } catch (error) {
    throw new Unreachable(error instanceof Error ? error.name : 'network')
  }
  return read(answer, status)
}

function addressOf(url: string, { ticket, sha256 }: Piece): string {
  return `${url.replace(/\/graphql$/, '')}/attachments/${sha256}?ticket=${ticket}`
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
    throw new Unreachable(`an answer without code, status ${status}`)
  return { received, code: null }
}
