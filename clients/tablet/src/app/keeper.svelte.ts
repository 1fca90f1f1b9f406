// Syncs by itself: when a network appears, on a timer, when the app is looked at again, and soon after
// something was recorded. Says truthfully how far it got.

import type { Progress, Report } from '../sync/exchange'
import type { World } from './world.svelte'

const AFTER_RECORDING_MS = 1_500
const WHEN_SYNCED_MS = 5 * 60_000
const FIRST_WAIT_MS = 5_000
const RECORDING: ReadonlySet<string> = new Set(['record', 'enrol', 'attach'])

export class Keeper {
  running = $state(false)
  online = $state(navigator.onLine)
  progress = $state.raw<Progress | null>(null)
  report = $state.raw<Report | null>(null)
  private timer: ReturnType<typeof setTimeout> | undefined
  private failures = 0

  constructor(private readonly world: World) {}

  start(): void {
    addEventListener('online', () => this.noticed(true))
    addEventListener('offline', () => this.noticed(false))
    document.addEventListener('visibilitychange', () => {
      if (document.visibilityState === 'visible') this.soon(0)
    })
    this.world.tablet.store.listen(({ step }) => {
      if (RECORDING.has(step)) this.soon(AFTER_RECORDING_MS)
    })
    this.soon(0)
  }

  private noticed(online: boolean): void {
    this.online = online
    if (online) this.soon(0)
  }

  private soon(milliseconds: number): void {
    clearTimeout(this.timer)
    this.timer = setTimeout(() => void this.sync(), milliseconds)
  }

  /** One meeting, unless one is under way or nobody has enrolled this tablet. */
  async sync(): Promise<void> {
    if (this.running || !this.world.status?.device) return
    this.running = true
    clearTimeout(this.timer)
    try {
      const report = await this.world.tablet.sync((progress) => (this.progress = progress))
      this.report = report
      this.failures = report.state === 'SYNCED' ? 0 : this.failures + 1
    } finally {
      this.running = false
      this.progress = null
      this.soon(this.failures === 0 ? WHEN_SYNCED_MS : this.wait())
    }
  }

  private wait(): number {
    return Math.min(FIRST_WAIT_MS * 2 ** (this.failures - 1), WHEN_SYNCED_MS) * (1 + Math.random() / 4)
  }
}
