// What "safe to leave" asks of the browser and the machine. Null where nobody can say.

export interface Health {
  persistent: boolean | null
  freeMb: number | null
  batteryPercent: number | null
  offline: boolean
}

const MB = 1_000_000

export async function health(): Promise<Health> {
  const [persistent, estimate, battery] = await Promise.all([
    quietly(() => navigator.storage.persisted()),
    quietly(() => navigator.storage.estimate()),
    quietly(() => (navigator as unknown as { getBattery: () => Promise<{ level: number }> }).getBattery()),
  ])
  const free = estimate === null ? null : ((estimate.quota ?? 0) - (estimate.usage ?? 0)) / MB
  return {
    persistent,
    freeMb: free === null ? null : Math.round(free),
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
