// What "safe to leave" asks of the browser and the machine. Null where nobody can say.

export interface Health {
  persistent: boolean | null
  freeMb: number | null
  /** Whether so much could really be written: browsers do not tell how full the disk is. Undefined while it is tried. */
  hasRoom: boolean | null | undefined
  batteryPercent: number | null
  offline: boolean
}

const MB = 1_000_000
const TRIAL = 'room'
const AGAIN_MS = 5 * 60_000

/** About sixty photos and thousands of changes. */
export const TRIED_MB = 20

export async function health(room: boolean | null | undefined): Promise<Health> {
  const [persistent, estimate, battery] = await Promise.all([
    quietly(() => navigator.storage.persisted()),
    quietly(() => navigator.storage.estimate()),
    quietly(() => (navigator as unknown as { getBattery: () => Promise<{ level: number }> }).getBattery()),
  ])
  const free = estimate === null ? null : ((estimate.quota ?? 0) - (estimate.usage ?? 0)) / MB
  return {
    persistent,
    freeMb: free === null ? null : Math.round(free),
    hasRoom: room,
    batteryPercent: battery === null ? null : Math.round(battery.level * 100),
    offline: Boolean(navigator.serviceWorker?.controller),
  }
}

async function quietly<T>(ask: () => Promise<T>): Promise<T | null> {
  try {
    return await ask()
  } catch {
    return null
  }
}

let tried: { at: number; had: boolean | null } | null = null

/** Whether as much as a trip may bring can be written, null where nobody can say; tried anew after some minutes. */
export async function hasRoom(): Promise<boolean | null> {
  const at = performance.now()
  if (tried === null || tried.had === false || at - tried.at > AGAIN_MS) tried = { at, had: await tryRoom() }
  return tried.had
}

async function tryRoom(): Promise<boolean | null> {
  try {
    const folder = await navigator.storage.getDirectory()
    const file = await folder.getFileHandle(TRIAL, { create: true })
    try {
      await write(await file.createWritable())
    } finally {
      await folder.removeEntry(TRIAL)
    }
    return true
  } catch (error) {
    return error instanceof Error && error.name === 'QuotaExceededError' ? false : null
  }
}

async function write(writing: FileSystemWritableFileStream): Promise<void> {
  const piece = new Uint8Array(MB)
  for (let at = 0; at < MB; at += 62_500) crypto.getRandomValues(piece.subarray(at, at + 62_500))
  for (let written = 0; written < TRIED_MB; written++) await writing.write(piece)
  await writing.close()
}
