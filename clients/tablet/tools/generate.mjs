// Writes src/protocol/types.ts: what the protocol's answers are (schema/schema.graphql), and what stands
// in documents and changes (the manifest). `render` is pure; a test compares what it gives with the file.
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { buildSchema, isEnumType, isListType, isNonNullType, isObjectType, isInputObjectType } from 'graphql'

const here = (path) => fileURLToPath(new URL(path, import.meta.url))
const SCHEMA = here('../../../schema/schema.graphql')
const MANIFEST = here('../src/protocol/manifest.json')
export const TYPES = here('../src/protocol/types.ts')

/** The GraphQL types that a tablet speaks with; what hangs on them is drawn in. */
const SPOKEN = ['Enrolment', 'Receipt', 'Page', 'Changed', 'UploadInput']
/** GraphQL types of which a tablet asks for a few fields only. */
const ASKED = { Grid: ['id', 'code'], Quarantined: ['seq', 'id', 'code'] }
const SCALARS = {
  Long: 'number',
  Int: 'number',
  Float: 'number',
  String: 'string',
  ID: 'string',
  Boolean: 'boolean',
  DateTime: 'string',
  JSON: 'unknown',
}

export function render(
  sdl = readFileSync(SCHEMA, 'utf8'),
  manifest = JSON.parse(readFileSync(MANIFEST, 'utf8')),
) {
  const head = [
    '// Written by tools/generate.mjs from schema/schema.graphql and manifest.json; `make fix` brings it up to date.',
    '/* eslint-disable */',
  ]
  return (
    [
      ...head,
      '',
      '// What is said to the hub, and what it answers',
      '',
      ...spoken(buildSchema(sdl)),
      '// What stands in changes and documents',
      '',
      ...shapes(manifest),
    ]
      .join('\n')
      .trimEnd() + '\n'
  )
}

/** What an input need not say: a field of its own that is null unless it is given. */
function mayBeLeftOut(type, field) {
  return type.name === 'UploadInput' && !isNonNullType(field.type)
}

function spoken(schema) {
  const lines = []
  const done = new Set()
  const visit = (name) => {
    if (done.has(name) || SCALARS[name]) return
    done.add(name)
    const type = schema.getType(name)
    if (type === undefined) throw new Error(`schema.graphql has no ${name}`)
    if (isEnumType(type)) {
      lines.push(
        `export type ${name} = ${type
          .getValues()
          .map((one) => `'${one.name}'`)
          .join(' | ')}`,
        '',
      )
      return
    }
    if (!isObjectType(type) && !isInputObjectType(type))
      throw new Error(`${name} is neither object nor input`)
    const fields = Object.values(type.getFields()).filter(
      (one) => !ASKED[name] || ASKED[name].includes(one.name),
    )
    lines.push(
      `export interface ${name} {`,
      ...fields.map((one) => `  ${one.name}${mayBeLeftOut(type, one) ? '?' : ''}: ${written(one.type)}`),
      '}',
      '',
    )
    fields.forEach((one) => visit(bare(one.type)))
  }
  SPOKEN.forEach(visit)
  return lines
}

function bare(type) {
  return type.ofType ? bare(type.ofType) : type.name
}

function written(type) {
  if (isNonNullType(type)) return sure(type.ofType)
  return `${sure(type)} | null`
}

function sure(type) {
  if (isListType(type)) return `(${written(type.ofType)})[]`
  return SCALARS[type.name] ?? type.name
}

function shapes(manifest) {
  const own = new Set(['Receipt', 'Quarantined', 'Page', 'Document', 'Check', 'Upload', 'RunOffset'])
  const lines = []
  for (const [name, schema] of Object.entries(manifest.$defs)) {
    if (own.has(name)) continue
    if (schema.type !== 'object') {
      lines.push(`export type ${name} = ${shape(schema)}`, '')
      continue
    }
    const required = new Set(schema.required ?? [])
    const fields = Object.entries(schema.properties ?? {})
    lines.push(`export interface ${name} {`)
    lines.push(
      ...fields.map(([key, one]) => `  ${key}${required.has(key) ? '' : '?'}: ${shape(one)}`),
      '}',
      '',
    )
  }
  const named = (ref) => ref.$ref.split('/').pop()
  lines.push('/** The body of a document, by its collection. */', 'export interface Bodies {')
  lines.push(
    ...Object.entries(manifest.collections).map(([name, one]) => `  ${name}: ${named(one.body)}`),
    '}',
    '',
  )
  lines.push('/** The data of a change, by its kind. */', 'export interface Kinds {')
  lines.push(
    ...Object.entries(manifest.kinds).map(([name, one]) => `  '${name}': ${named(one.data)}`),
    '}',
    '',
  )
  return lines
}

function shape(schema) {
  if (schema.$ref) return schema.$ref.split('/').pop()
  if (schema.enum) return schema.enum.map((one) => JSON.stringify(one).replaceAll('"', "'")).join(' | ')
  if (schema.anyOf) return schema.anyOf.map(shape).join(' | ')
  switch (schema.type) {
    case 'string':
      return 'string'
    case 'integer':
      return 'number'
    case 'boolean':
      return 'boolean'
    case 'null':
      return 'null'
    case 'array':
      return `(${schema.items ? shape(schema.items) : 'unknown'})[]`
    case 'object':
      return 'Record<string, unknown>'
    default:
      return 'unknown'
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(TYPES, render())
