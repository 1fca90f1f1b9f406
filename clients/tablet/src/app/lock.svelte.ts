// A PIN in front of the screens, and a lock when nobody has touched them for a while. It keeps a passer-by out
// of an open tablet; against somebody with tools the machine's own encryption stands.

import type { Store } from '../store/store'
import { systemClock, systemIds } from '../store/system'
import { Gate, IDLE_MS } from './gate'

class Lock {
  isSet = $state(false)
  locked = $state(false)
  private gate: Gate | undefined
  private timer: ReturnType<typeof setTimeout> | undefined

  async start(store: Store): Promise<void> {
    this.gate = await Gate.at(store, systemClock, systemIds)
    this.isSet = this.locked = this.gate.isSet
    for (const touch of ['pointerdown', 'keydown'] as const)
      addEventListener(touch, (event) => this.touched(event), { capture: true })
    for (const back of ['pageshow', 'focus'] as const) addEventListener(back, () => this.look())
    document.addEventListener('visibilitychange', () => this.look())
    this.wait()
  }

  /** The clock is looked at before a touch counts: while a tablet sleeps no timer runs. */
  private touched(event: Event): void {
    const before = this.locked
    this.look()
    if (this.locked && !before) {
      event.preventDefault()
      event.stopImmediatePropagation()
    }
    if (this.locked) return
    this.gate?.touched()
    this.wait()
  }

  private look(): void {
    if (this.gate?.isSet && this.gate.leftLying()) this.locked = true
  }

  private wait(): void {
    clearTimeout(this.timer)
    this.timer = setTimeout(() => this.look(), IDLE_MS)
  }

  async set(pin: string): Promise<void> {
    await this.gate?.set(pin)
    this.isSet = this.gate?.isSet ?? false
    this.gate?.touched()
  }

  async drop(): Promise<void> {
    await this.gate?.drop()
    this.isSet = this.locked = false
  }

  /** Whether it was the PIN. */
  async open(pin: string): Promise<boolean> {
    const opened = (await this.gate?.open(pin)) ?? true
    if (opened) {
      this.locked = false
      this.wait()
    }
    return opened
  }

  /** For how many seconds nobody may try. */
  waitS(): number {
    return Math.ceil((this.gate?.waitMs() ?? 0) / 1_000)
  }
}

export const lock = new Lock()
