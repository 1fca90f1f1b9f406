// A PIN in front of the screens, and a lock when nobody has touched them for a while. It keeps a passer-by out
// of an open tablet; against somebody with tools the machine's own encryption stands.

import { pbkdf2 } from '@noble/hashes/pbkdf2.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, hexToBytes, utf8ToBytes } from '@noble/hashes/utils.js'

import type { Store } from '../store/store'
import { systemIds } from '../store/system'

const IDLE_MS = 5 * 60_000
const ROUNDS = 20_000
const FREE_TRIES = 3
const LONGEST_WAIT_S = 300

interface Kept {
  salt: string
  hash: string
}

function hashed(pin: string, salt: string): string {
  return bytesToHex(pbkdf2(sha256, utf8ToBytes(pin), hexToBytes(salt), { c: ROUNDS, dkLen: 32 }))
}

class Lock {
  isSet = $state(false)
  locked = $state(false)
  /** Until when nobody may try again, by this machine's clock. */
  waitUntil = $state(0)
  private kept: Kept | null = null
  private failures = 0
  private timer: ReturnType<typeof setTimeout> | undefined

  async start(store: Store): Promise<void> {
    this.kept = (await store.get<Kept>('pin')) ?? null
    this.isSet = this.locked = this.kept !== null
    for (const touch of ['pointerdown', 'keydown'] as const) addEventListener(touch, () => this.touched())
    this.touched()
  }

  private touched(): void {
    clearTimeout(this.timer)
    this.timer = setTimeout(() => (this.locked = this.isSet), IDLE_MS)
  }

  async set(store: Store, pin: string): Promise<void> {
    const salt = systemIds.salt()
    const kept = { salt, hash: hashed(pin, salt) }
    await store.step('pin', () => store.put({ pin: kept }))
    this.kept = kept
    this.isSet = true
  }

  async drop(store: Store): Promise<void> {
    await store.step('pin', () => store.put({ pin: null }))
    this.kept = null
    this.isSet = this.locked = false
  }

  /** Whether it was the PIN. After a few wrong ones each further try has to wait longer. */
  open(pin: string): boolean {
    if (this.kept === null || Date.now() < this.waitUntil) return false
    if (hashed(pin, this.kept.salt) === this.kept.hash) {
      this.failures = 0
      this.locked = false
      return true
    }
    this.failures += 1
    if (this.failures >= FREE_TRIES)
      this.waitUntil = Date.now() + Math.min(LONGEST_WAIT_S, 10 * 2 ** (this.failures - FREE_TRIES)) * 1000
    return false
  }
}

export const lock = new Lock()
