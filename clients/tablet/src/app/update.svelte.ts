// A new version of the app waits until a person lets it in; what was being typed is kept meanwhile. A path behind
// the `#` is no navigation, so that a browser would not look for one for weeks: the app looks by itself.

import { registerSW } from 'virtual:pwa-register'

const EVERY_MS = 60 * 60_000

class Update {
  ready = $state(false)
  /** What came of looking for a newer version for the last time; null before that. */
  found = $state<'looking' | 'coming' | 'newest' | 'unreachable' | null>(null)
  private enter: ((reload?: boolean) => Promise<void>) | undefined
  private registration: ServiceWorkerRegistration | undefined

  start(): void {
    this.enter = registerSW({
      onNeedRefresh: () => (this.ready = true),
      onRegisteredSW: (_, registration) => {
        this.registration = registration
        void this.look()
      },
    })
    const look = () => {
      if (navigator.onLine && document.visibilityState === 'visible') void this.look()
    }
    document.addEventListener('visibilitychange', look)
    addEventListener('online', look)
    setInterval(look, EVERY_MS)
  }

  /** Ask the district whether there is a newer version, and begin to fetch it. */
  async look(): Promise<void> {
    if (this.found === 'looking') return
    this.found = 'looking'
    try {
      const asked = this.registration ?? (await navigator.serviceWorker.getRegistration())
      if (asked === undefined) throw new Error('no service worker')
      await asked.update()
      this.found = asked.installing || asked.waiting ? 'coming' : 'newest'
    } catch {
      this.found = 'unreachable'
    }
  }

  async install(): Promise<void> {
    // The page may be older than its first service worker, which the helper takes for no update.
    navigator.serviceWorker.addEventListener('controllerchange', () => location.reload(), { once: true })
    await this.enter?.(false)
  }
}

export const update = new Update()
