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
  /** While everything comes for the first time, or anew: how much is still to come, as the hub said last. */
  remaining = $state<number | null>(null)
  /** Somebody wanted a meeting while one was under way: what was recorded since may not be in it. */
  private wished = false
  private meeting: Promise<Report> | null = null
  private timer: ReturnType<typeof setTimeout> | undefined
  private failures = 0

  constructor(private readonly world: Pick<World, 'tablet' | 'status'>) {}

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

  /** One meeting, once nobody meets any more; none where nobody has enrolled this tablet. */
  async sync(): Promise<void> {
    if (this.running) {
      this.wished = true
      return
    }
    if (!this.world.status?.device) return
    this.running = true
    this.wished = false
    clearTimeout(this.timer)
    try {
      this.meeting = this.world.tablet.sync((progress) => this.goesOn(progress))
      const report = (this.report = await this.meeting)
      if (report.state === 'SYNCED') this.remaining = null
      // Another page meets the hub: that is no failure.
      if (report.state !== 'BUSY') this.failures = report.state === 'SYNCED' ? 0 : this.failures + 1
    } finally {
      this.running = false
      this.meeting = this.progress = null
      this.soon(this.next())
    }
  }

  /** When this page meets nobody: what is carried on a stick waits so long. */
  async rest(): Promise<void> {
    while (this.meeting !== null) await this.meeting.catch(() => {})
  }

  private goesOn(progress: Progress): void {
    this.progress = progress
    if (progress.phase === 'pull' && progress.remaining !== null) this.remaining = progress.remaining
  }

  private next(): number {
    if (this.wished) return 0
    if (this.report?.state === 'BUSY') return FIRST_WAIT_MS
    return this.failures === 0 ? WHEN_SYNCED_MS : this.wait()
  }

  private wait(): number {
    return Math.min(FIRST_WAIT_MS * 2 ** (this.failures - 1), WHEN_SYNCED_MS) * (1 + Math.random() / 4)
  }
}
