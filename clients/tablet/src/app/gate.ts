// What the lock knows: the PIN, the wrong tries, and when the tablet was last touched. All of it by the wall clock,
// because timers stand still while a tablet sleeps; a clock that is set back opens nothing. What must outlive a
// reload is in the database.

import { pbkdf2 } from '@noble/hashes/pbkdf2.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, hexToBytes, utf8ToBytes } from '@noble/hashes/utils.js'

import type { Store } from '../store/store'
import type { Clock, Ids } from '../store/system'

export const IDLE_MS = 5 * 60_000
/** A clock that is set right goes back by so much without anybody's doing. */
const BACK_MS = 60_000
const ROUNDS = 20_000
const FREE_TRIES = 3
const FIRST_WAIT_MS = 10_000
const LONGEST_WAIT_MS = 300_000

interface Kept {
  salt: string
  hash: string
}

/** Wrong tries in a row; after the last one, at `atMs`, nobody may try for `waitMs`. */
interface Tries {
  failures: number
  atMs: number
  waitMs: number
}

export class Gate {
  private touchedMs: number

  private constructor(
    private readonly store: Store,
    private readonly clock: Clock,
    private readonly ids: Ids,
    private kept: Kept | null,
    private tries: Tries | null,
  ) {
    this.touchedMs = clock.wallMs()
  }

  static async at(store: Store, clock: Clock, ids: Ids): Promise<Gate> {
    const kept = (await store.get<Kept>('pin')) ?? null
    return new Gate(store, clock, ids, kept, (await store.get<Tries>('tries')) ?? null)
  }

  get isSet(): boolean {
    return this.kept !== null
  }

  touched(): void {
    this.touchedMs = this.clock.wallMs()
  }

  /** Whether nobody has touched the tablet for so long, as far as the clock can be believed, that it locks. */
  leftLying(): boolean {
    const since = this.clock.wallMs() - this.touchedMs
    return since >= IDLE_MS || since < -BACK_MS
  }

  /** For how long nobody may try. A clock that was set back begins the wait anew, and makes it no longer. */
  waitMs(): number {
    const now = this.clock.wallMs()
    if (this.tries !== null && now < this.tries.atMs) this.tries = { ...this.tries, atMs: now }
    return this.tries === null ? 0 : Math.max(0, this.tries.atMs + this.tries.waitMs - now)
  }

  async set(pin: string): Promise<void> {
    const salt = this.ids.salt()
    const kept = { salt, hash: hashed(pin, salt) }
    await this.store.step('pin', () => this.store.put({ pin: kept, tries: null }))
    this.kept = kept
    this.tries = null
  }

  async drop(): Promise<void> {
    await this.store.step('pin', () => this.store.put({ pin: null, tries: null }))
    this.kept = this.tries = null
  }

  /** Whether it was the PIN. After a few wrong ones each further try has to wait longer. */
  async open(pin: string): Promise<boolean> {
    if (this.kept === null || this.waitMs() > 0) return false
    // Counted before it is looked at, so that a reload in between gives no further try.
    const failures = (this.tries?.failures ?? 0) + 1
    await this.keep({ failures, atMs: this.clock.wallMs(), waitMs: wait(failures) })
    if (hashed(pin, this.kept.salt) !== this.kept.hash) return false
    await this.keep(null)
    this.touched()
    return true
  }

  private async keep(tries: Tries | null): Promise<void> {
    this.tries = tries
    try {
      await this.store.step('tries', () => this.store.put({ tries }))
    } catch {
      // A full disk keeps nobody out who knows the PIN.
    }
  }
}

function wait(failures: number): number {
  return failures < FREE_TRIES ? 0 : Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (failures - FREE_TRIES))
}

function hashed(pin: string, salt: string): string {
  return bytesToHex(pbkdf2(sha256, utf8ToBytes(pin), hexToBytes(salt), { c: ROUNDS, dkLen: 32 }))
}
