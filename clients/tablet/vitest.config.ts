import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['tests/heart/**/*.test.ts'],
    setupFiles: ['fake-indexeddb/auto'],
    testTimeout: 60_000,
    hookTimeout: 90_000,
    pool: 'threads',
    maxWorkers: 2,
  },
})
