import { defineConfig } from '@playwright/test'

/** Debian's Chromium; without these flags it looks for its maker's hosts, and there is no network here but loopback. */
const args = [
  ...['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'],
  ...['--disable-component-update', '--disable-sync'],
  // A microphone that hums, and nobody to ask whether it may be heard.
  ...['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream'],
]

export const launchOptions = { executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args }

export default defineConfig({
  testDir: 'tests/days',
  outputDir: 'results/runs',
  reporter: [['list']],
  workers: 2,
  timeout: 90_000,
  expect: { timeout: 15_000 },
  forbidOnly: true,
  use: {
    browserName: 'chromium',
    launchOptions,
    locale: 'zh-CN',
    timezoneId: 'Asia/Shanghai',
    viewport: { width: 360, height: 640 },
    actionTimeout: 15_000,
  },
  projects: [
    { name: 'days', testIgnore: /speed/ },
    // What is measured is measured alone.
    { name: 'speed', testMatch: /speed/, dependencies: ['days'] },
  ],
})
