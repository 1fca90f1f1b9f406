import { svelte } from '@sveltejs/vite-plugin-svelte'
import { defineConfig } from 'vitest/config'

export default defineConfig({
  plugins: [svelte()],
  test: {
    include: ['tests/heart/**/*.test.ts'],
    setupFiles: ['fake-indexeddb/auto'],
    testTimeout: 180_000,
    hookTimeout: 240_000,
    pool: 'threads',
    maxWorkers: 2,
  },
})
