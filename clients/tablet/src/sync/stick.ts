// The same as a file for a USB stick: what a push says, and what comes back.
//
// Gzip around lines of JSON. `mac` is HMAC-SHA-256, keyed by SHA-256(token), over all bytes after the head
// line.

import { hmac } from '@noble/hashes/hmac.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'

import { isObject, type Json } from '../protocol/canonical'
import { BadFile } from '../protocol/failures'

const MAX_ANSWER_BYTES = 512_000_000
const LINE_BREAK = 10

/** What an answer file holds; `receipt` is null where the upload was refused, and `error` has the code. */
export interface Answer {
  device: string
  after: string | null
  receipt: unknown
  error: Json
  pages: unknown[]
  /** Of each photo and spoken note that came along, the code where it was not taken. */
  attachments: { ticket: string; sha256: string; code: string | null }[]
}

/** The seal of a file: only this device and the hub can make it. */
export function mac(token: string, lines: Uint8Array): string {
  return bytesToHex(hmac(sha256, sha256(utf8ToBytes(token)), lines))
}

/** The bytes of a file. */
export async function pack(head: Json, lines: readonly unknown[], token: string): Promise<Blob> {
  const body = utf8ToBytes(lines.map((line) => `${JSON.stringify(line)}\n`).join(''))
  const first = utf8ToBytes(`${JSON.stringify({ ...head, mac: mac(token, body) })}\n`)
  const plain = new Blob([first as BlobPart, body as BlobPart]).stream()
  return new Response(plain.pipeThrough(new CompressionStream('gzip'))).blob()
}

/** An answer file; throws `BadFile`. */
export async function readAnswer(file: Blob, token: string): Promise<Answer> {
  const [head, pages] = await unpack(file, token)
  const error = isObject(head.error) ? head.error : {}
  const receipt = head.receipt ?? null
  if (typeof head.device !== 'string' || (receipt === null && !('code' in error)))
    throw new BadFile('this is not an answer from the hub')
  return {
    device: head.device,
    after: typeof head.after === 'string' ? head.after : null,
    receipt,
    error,
    pages,
    attachments: (Array.isArray(head.attachments) ? (head.attachments as unknown[]) : []).flatMap(filed),
  }
}

function filed(line: unknown): Answer['attachments'] {
  if (!isObject(line) || typeof line.ticket !== 'string' || typeof line.sha256 !== 'string') return []
  const code = typeof line.code === 'string' ? line.code : null
  return [{ ticket: line.ticket, sha256: line.sha256, code }]
}

/** Bytes as text for a line of JSON. */
export function base64(data: Uint8Array): string {
  let text = ''
  for (let start = 0; start < data.length; start += 8_192)
    text += String.fromCharCode(...data.subarray(start, start + 8_192))
  return btoa(text)
}

/** The head and the lines of a file whose seal is right; throws `BadFile`. */
export async function unpack(file: Blob, token: string): Promise<[Json, unknown[]]> {
  const plain = await inflated(file)
  const end = plain.indexOf(LINE_BREAK)
  if (end < 0) throw new BadFile('this is not a file of Lianxin’s, or it is damaged')
  const body = plain.subarray(end + 1)
  try {
    const head: unknown = JSON.parse(decoded(plain.subarray(0, end)))
    if (!isObject(head) || head.mac !== mac(token, body))
      throw new BadFile('the seal is not right: the file was changed, or is not for this tablet')
    const lines = decoded(body).split('\n')
    return [head, lines.filter((line) => line !== '').map((line) => JSON.parse(line) as unknown)]
  } catch (error) {
    if (error instanceof BadFile) throw error
    throw new BadFile('this is not a file of Lianxin’s, or it is damaged')
  }
}

function decoded(bytes: Uint8Array): string {
  return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
}

async function inflated(file: Blob): Promise<Uint8Array> {
  const parts: Uint8Array[] = []
  let size = 0
  try {
    const reader = file.stream().pipeThrough(new DecompressionStream('gzip')).getReader()
    for (let next = await reader.read(); !next.done; next = await reader.read()) {
      size += next.value.length
      if (size > MAX_ANSWER_BYTES) throw new BadFile('the file is too large')
      parts.push(next.value)
    }
  } catch (error) {
    if (error instanceof BadFile) throw error
    throw new BadFile('this is not a file of Lianxin’s, or it is damaged')
  }
  return new Uint8Array(await new Blob(parts as BlobPart[]).arrayBuffer())
}
