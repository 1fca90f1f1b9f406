// The real way to the hub: GraphQL over HTTP, with time-outs, gzip, and patience only where a repeat is safe.
// A client goes by the code. Whatever else comes back (a captive portal's page, a proxy's five-hundred, half
// an answer) is no answer: try again, never success.

import { get, list, put, type Listed, type Piece, type Told } from './attachments'
import { isObject, type Json } from './canonical'
import { Refused, Unreachable } from './failures'
import { OPERATIONS, REPEATABLE, type Operation, type Transport } from './operations'

const GZIP_FROM_BYTES = 1_000
const ANSWERS = 'application/graphql-response+json, application/json'

export interface Patience {
  /** The first one counted too. */
  attempts: number
  firstWaitMs: number
  longestWaitMs: number
  timeoutMs: number
  wait: (milliseconds: number) => Promise<void>
  /** A number from 0 to 1, so that many tablets do not come back at once. */
  chance: () => number
}

export const PATIENCE: Patience = {
  attempts: 4,
  firstWaitMs: 500,
  longestWaitMs: 10_000,
  timeoutMs: 60_000,
  wait: (milliseconds) => new Promise((done) => setTimeout(done, milliseconds)),
  chance: Math.random,
}

export class HttpTransport implements Transport {
  constructor(
    private readonly url: string,
    private readonly patience: Patience = PATIENCE,
    private readonly ask: typeof fetch = (...request) => fetch(...request),
  ) {}

  async call(operation: Operation, variables: Json, token: string | null): Promise<unknown> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.once(operation, variables, token)
      } catch (failure) {
        if (attempt >= this.patience.attempts || !mayAskAgain(failure, operation)) throw failure
        const grown = this.patience.firstWaitMs * 2 ** (attempt - 1)
        await this.patience.wait(Math.min(grown, this.patience.longestWaitMs) * (1 + this.patience.chance()))
      }
    }
  }

  put(piece: Piece, token: string | null): Promise<Told> {
    return put(this.url, piece, token, this.ask)
  }

  list(ticket: string, token: string | null): Promise<Listed[] | null> {
    return list(this.url, ticket, token, this.ask)
  }

  get(ticket: string, sha256: string, token: string | null): Promise<Uint8Array | null> {
    return get(this.url, { ticket, sha256 }, token, this.ask)
  }

  private async once(operation: Operation, variables: Json, token: string | null): Promise<unknown> {
    const headers: Record<string, string> = { 'Content-Type': 'application/json', Accept: ANSWERS }
    if (token !== null) headers.Authorization = `Bearer ${token}`
    const plain = JSON.stringify({ query: OPERATIONS[operation], operationName: operation, variables })
    let body: BodyInit = plain
    if (plain.length >= GZIP_FROM_BYTES && typeof CompressionStream === 'function') {
      body = await gzipped(plain)
      headers['Content-Encoding'] = 'gzip'
    }
    let answer: unknown = null
    let status: number
    try {
      const signal = AbortSignal.timeout(this.patience.timeoutMs)
      const response = await this.ask(this.url, {
        ...{ method: 'POST', body, headers, signal, cache: 'no-store' },
        ...{ credentials: 'omit', redirect: 'error', referrerPolicy: 'no-referrer' },
      })
      status = response.status
      answer = parsed(await response.text())
    } catch (error) {
      throw new Unreachable(error instanceof Error ? error.name : 'network')
    }
    return dataOf(answer, status, operation)
  }
}

function mayAskAgain(failure: unknown, operation: Operation): boolean {
  if (failure instanceof Refused) return failure.code === 'RETRY'
  return failure instanceof Unreachable && REPEATABLE.has(operation)
}

async function gzipped(text: string): Promise<ArrayBuffer> {
  const stream = new Blob([text]).stream().pipeThrough(new CompressionStream('gzip'))
  return new Response(stream).arrayBuffer()
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

/** The field's data; else the code that the hub gave; else nothing that could be called an answer. */
export function dataOf(answer: unknown, status: number, operation: string): unknown {
  const said = isObject(answer) ? answer : {}
  const refusal = refusalOf(said.errors)
  if (refusal !== null) throw refusal
  if (status === 413) throw new Refused('TOO_LARGE')
  const whole = status >= 200 && status < 300 && !hasErrors(said.errors)
  const value = whole && isObject(said.data) ? said.data[operation] : null
  if (value === null || value === undefined)
    throw new Unreachable(`an answer without data and code, status ${status}`)
  return value
}

function hasErrors(errors: unknown): boolean {
  return Array.isArray(errors) ? errors.length > 0 : errors !== undefined && errors !== null
}

/** The code of the first error that has one, with what else it says. */
function refusalOf(errors: unknown): Refused | null {
  for (const error of Array.isArray(errors) ? errors : []) {
    const extensions = isObject(error) ? error.extensions : null
    if (isObject(extensions) && typeof extensions.code === 'string') {
      const { code, ...details } = extensions
      return new Refused(String(code), details)
    }
  }
  return null
}
