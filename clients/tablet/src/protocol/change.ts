// Whether the hub will be able to read a change, by the shapes of the manifest. Asked before it is kept,
// because what is kept is sent as it is, for ever.

import { Validator, type Schema } from '@cfworker/json-schema'

import { canonical, isObject, isPlain, type Json } from './canonical'
import { NotRecorded } from './failures'
import manifest from './manifest.json'
import { parseTime } from './time'

export type KindName = keyof typeof manifest.kinds

interface Kind {
  thing: string
  creates: boolean
  offices: string[]
  data: Ref
  private: Ref | null
  needsPrivate: boolean
}

type Ref = { $ref: string }

const KINDS = manifest.kinds as Record<string, Kind>
/** Lone formats are patterns here; whether such a time exists is asked apart. */
const TIMES = new Set(['at', 'due'])
const validators = new Map<string, Validator>()

/** The thing that a kind of change is about (`ticket`, `member`, …), or undefined. */
export function thingOf(kind: string): string | undefined {
  return KINDS[kind]?.thing
}

/** Throws `NotRecorded` unless the hub will be able to read this change of a tablet's. */
export function check(raw: Json): void {
  if (!isPlain(raw)) throw new NotRecorded('UNREADABLE', '$')
  conform(manifest.wire.change, raw, '$')
  const kind = KINDS[String(raw.kind)]
  if (kind === undefined) throw new NotRecorded('UNKNOWN_KIND', '$.kind')
  if ('private' in raw && kind.private === null) throw new NotRecorded('UNREADABLE', '$.private')
  if (kind.needsPrivate && !('private' in raw)) throw new NotRecorded('UNREADABLE', '$.private')
  if ('private' in raw && kind.private !== null) conform(kind.private, raw.private, '$.private')
  conform(kind.data, raw.data, '$.data')
  existing(raw, '$')
  if (!kind.offices.includes('LIAISON')) throw new NotRecorded('FORBIDDEN', '$.kind')
  if (new TextEncoder().encode(canonical(raw)).length > manifest.limits.maxChangeBytes)
    throw new NotRecorded('TOO_LARGE', '$')
}

function conform(ref: Ref, value: unknown, path: string): void {
  let validator = validators.get(ref.$ref)
  if (validator === undefined) {
    validator = new Validator({ ...ref, $defs: manifest.$defs } as unknown as Schema, '2020-12', true)
    validators.set(ref.$ref, validator)
  }
  const result = validator.validate(value)
  if (result.valid) return
  const deepest = result.errors.reduce((a, b) =>
    b.instanceLocation.length > a.instanceLocation.length ? b : a,
  )
  throw new NotRecorded('UNREADABLE', path + deepest.instanceLocation.slice(1).replaceAll('/', '.'))
}

function existing(value: unknown, path: string): void {
  if (Array.isArray(value)) value.forEach((one, index) => existing(one, `${path}[${index}]`))
  if (!isObject(value)) return
  for (const [key, one] of Object.entries(value)) {
    if (TIMES.has(key) && typeof one === 'string') timed(one, `${path}.${key}`)
    else existing(one, `${path}.${key}`)
  }
}

function timed(text: string, path: string): void {
  try {
    parseTime(text)
  } catch {
    throw new NotRecorded('UNREADABLE', path)
  }
}
