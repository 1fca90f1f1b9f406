// The sum over what is held, by which "in sync" is checked and never assumed.

import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'

const MODULUS = 1n << 128n

/** The first 16 bytes of SHA-256("id:rev"), as a number. */
export function fingerprint(id: string, rev: number): bigint {
  return BigInt(`0x${bytesToHex(sha256(utf8ToBytes(`${id}:${rev}`)).subarray(0, 16))}`)
}

/** The sum of the fingerprints modulo 2^128, in 32 hex digits. */
export function checkDigest(held: Iterable<readonly [id: string, rev: number]>): string {
  let sum = 0n
  for (const [id, rev] of held) sum += fingerprint(id, rev)
  return (sum % MODULUS).toString(16).padStart(32, '0')
}
