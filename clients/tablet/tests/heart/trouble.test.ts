// What is kept of a failure that nobody caught.

import { expect, test } from 'vitest'

import { kept } from '../../src/app/failing'

const AT = '2026-11-23T01:02:03.456Z'

test('what is kept of a failure says where in the app it was, and nothing that somebody wrote', () => {
  const error = new TypeError('cannot read “13800000000, third floor”')
  error.stack = `TypeError: cannot read “13800000000, third floor”
    at show (http://10.0.0.7:8000/tablet/assets/index-B3x.js:12:3456)
    at http://10.0.0.7:8000/tablet/assets/index-B3x.js:99:1`
  expect(kept(error, AT, 'tablet 1')).toEqual({
    ...{ at: AT, name: 'TypeError', version: 'tablet 1' },
    frames: ['index-B3x.js:12:3456', 'index-B3x.js:99:1'],
  })
  expect(kept('13800000000', AT, 'tablet 1')).toMatchObject({ name: 'string', frames: [] })
})
