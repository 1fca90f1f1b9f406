// The bytes that a digest is taken over, and what may stand in a change at all.

import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'

import manifest from './manifest.json'

const ASCII = /^[\x00-\x7f]*$/
const LONE_SURROGATE = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/

export type Json = Record<string, unknown>

export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Whether a value is what a change may hold: no floating point, ASCII keys, no lone surrogate, no NUL. */
export function isPlain(value: unknown, depth: number = manifest.limits.maxDepth): boolean {
  if (value === null || typeof value === 'boolean') return true
  if (typeof value === 'number') return Number.isSafeInteger(value)
  if (typeof value === 'string') return isText(value)
  if (depth === 0) return false
  if (Array.isArray(value)) return value.every((one) => isPlain(one, depth - 1))
  if (!isObject(value)) return false
  return Object.entries(value).every(([key, one]) => ASCII.test(key) && isPlain(one, depth - 1))
}

/** Whether every database can hold a text. */
export function isText(text: string): boolean {
  return !text.includes('\0') && !LONE_SURROGATE.test(text)
}

/** RFC 8785 for plain values: keys sorted, no spaces. */
export function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  if (!isObject(value)) return JSON.stringify(value)
  const fields = Object.keys(value).sort()
  return `{${fields.map((key) => `${JSON.stringify(key)}:${canonical(value[key])}`).join(',')}}`
}

export function sha256Hex(text: string): string {
  return bytesToHex(sha256(utf8ToBytes(text)))
}

/** The digest of a change's private part, or null where it has none. */
export function privateDigest(raw: Json): string | null {
  return 'private' in raw ? sha256Hex(canonical(raw.private)) : null
}

/** The digest of a change as it was sent. */
export function digest(raw: Json): string {
  const { private: _, ...kept } = raw
  return digestWith(kept, privateDigest(raw))
}

/** The same for a change whose private part may be erased: its digest is all that is needed. */
export function digestWith(kept: Json, privatePart: string | null): string {
  return sha256Hex(canonical(privatePart === null ? kept : { ...kept, private: privatePart }))
}
