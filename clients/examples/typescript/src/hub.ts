/** One hub: operations with their types, answered or failed by a code; and subscriptions that go on from a rev. */
import type { TypedDocumentString } from './gql/graphql.js'

/** A failure that the hub has a code for: `FORBIDDEN`, `BUDGET_SPENT`, `REV_UNKNOWN` … */
export class Refused extends Error {
  constructor(
    readonly code: string,
    readonly retryAfter: number,
    message: string,
  ) {
    super(`${code}: ${message}`)
  }
}

interface Answer<R> {
  data?: R | null
  errors?: { message: string; extensions: { code: string; retryAfter?: number } }[]
  extensions?: { rev?: number }
}

const wait = (seconds: number) => new Promise((done) => setTimeout(done, seconds * 1000))

export class Hub {
  constructor(
    private readonly url: string,
    private readonly token: string,
  ) {}

  /** One answer. A budget that is spent is waited for once; every other refusal is thrown. */
  async ask<R, V>(document: TypedDocumentString<R, V>, variables: V): Promise<R> {
    for (const last of [false, true]) {
      const response = await this.post(document, variables, 'application/graphql-response+json')
      try {
        return told((await response.json()) as Answer<R>)
      } catch (refused) {
        if (last || !(refused instanceof Refused) || refused.code !== 'BUDGET_SPENT') throw refused
        await wait(refused.retryAfter)
      }
    }
    throw new Error('unreachable')
  }

  /** What a subscription says, for ever. A connection that is lost is made anew, from the last rev that was heard. */
  async *listen<R, V>(document: TypedDocumentString<R, V>, variables: V, after: number): AsyncGenerator<R> {
    let heard = after
    for (;;) {
      try {
        for await (const answer of this.events(document, { ...variables, after: heard })) {
          yield told(answer as Answer<R>)
          heard = answer.extensions?.rev ?? heard
        }
      } catch (error) {
        // What the hub refuses, it will refuse again; all else is the network's.
        if (error instanceof Refused) throw error
      }
      await wait(1)
    }
  }

  private async *events<R, V>(document: TypedDocumentString<R, V>, variables: V): AsyncGenerator<Answer<R>> {
    const response = await this.post(document, variables, 'text/event-stream')
    if (!response.ok || response.body === null) throw new Error(`status ${response.status}`)
    let text = ''
    for await (const bytes of response.body.pipeThrough(new TextDecoderStream())) {
      text += bytes
      const parts = text.split('\n\n')
      text = parts.pop() ?? ''
      for (const part of parts) {
        const data = part.split('\n').find((line) => line.startsWith('data: {'))
        if (data !== undefined) yield JSON.parse(data.slice(6)) as Answer<R>
      }
    }
  }

  private post<R, V>(document: TypedDocumentString<R, V>, variables: V, accept: string): Promise<Response> {
    return fetch(this.url, {
      method: 'POST',
      headers: { Accept: accept, 'Content-Type': 'application/json', Authorization: `Bearer ${this.token}` },
      body: JSON.stringify({ query: document.toString(), variables }),
    })
  }
}

function told<R>(answer: Answer<R>): R {
  const error = answer.errors?.[0]
  if (error) throw new Refused(error.extensions.code, error.extensions.retryAfter ?? 0, error.message)
  if (answer.data == null) throw new Error('neither data nor errors')
  return answer.data
}
