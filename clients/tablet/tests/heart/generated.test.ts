// What is written by a tool is as it would be written now; and what is said to the hub fits its schema.

import { readFileSync } from 'node:fs'
import { buildSchema, parse, validate } from 'graphql'
import { expect, test } from 'vitest'

import { OPERATIONS } from '../../src/protocol/operations'
// @ts-expect-error: a tool in plain JavaScript
import { TYPES, render } from '../../tools/generate.mjs'

const SDL = readFileSync(new URL('../../../../schema/schema.graphql', import.meta.url), 'utf8')

test('types.ts is what schema.graphql and the manifest give now (else: make fix)', () => {
  expect(readFileSync(TYPES, 'utf8')).toBe(render())
})

test('another schema or another manifest gives other types', () => {
  expect(render(SDL.replace('checkpoint: String!', 'checkpoint: Long!'))).not.toBe(render())
})

test.each(Object.entries(OPERATIONS))('%s fits the schema', (_, operation) => {
  expect(validate(buildSchema(SDL), parse(operation)).map((error) => error.message)).toEqual([])
})
