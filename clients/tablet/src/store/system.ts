// The only place of the tablet with real clocks, ids and randomness.

export interface Clock {
  wallMs(): number
  /** Any origin. It may stand still while the tablet sleeps: the journal finds out. */
  monotonicMs(): number
}

export interface Ids {
  uuid7(): string
  salt(): string
}

export const systemClock: Clock = {
  wallMs: () => Date.now(),
  monotonicMs: () => Math.floor(performance.now()),
}

function chance(bytes: number): Uint8Array {
  return crypto.getRandomValues(new Uint8Array(bytes))
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}

export const systemIds: Ids = {
  /** A UUID of version 7: 48 bits of milliseconds, then chance. */
  uuid7() {
    const bytes = chance(16)
    let milliseconds = Date.now()
    for (let index = 5; index >= 0; index--) {
      bytes[index] = milliseconds % 256
      milliseconds = Math.floor(milliseconds / 256)
    }
    bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x70
    bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80
    const text = hex(bytes)
    return [text.slice(0, 8), text.slice(8, 12), text.slice(12, 16), text.slice(16, 20), text.slice(20)].join(
      '-',
    )
  },
  salt: () => hex(chance(16)),
}
