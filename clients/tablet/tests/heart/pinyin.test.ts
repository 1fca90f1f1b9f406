import { expect, test } from 'vitest'

import { initials } from '../../src/app/pinyin'

test.each([
  ['王小明', 'wxm'],
  ['阿依古丽', 'aygl'],
  ['陈建国', 'cjg'],
  ['欧阳峰', 'oyf'],
  ['张伟', 'zw'],
  ['罗娜', 'ln'],
  ['马超', 'mc'],
  ['林他', 'lt'],
  ['赵 敏', 'zm'],
  ['党员 007', 'dy007'],
  ['Anna', 'anna'],
])('%s is found by %s', (name, letters) => {
  expect(initials(name)).toBe(letters)
})
