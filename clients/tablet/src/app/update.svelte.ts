// A new version of the app waits until a person lets it in; what was being typed is kept meanwhile.

import { registerSW } from 'virtual:pwa-register'

class Update {
  ready = $state(false)
  private enter: ((reload?: boolean) => Promise<void>) | undefined

  start(): void {
    this.enter = registerSW({ onNeedRefresh: () => (this.ready = true) })
  }

  async install(): Promise<void> {
    // The page may be older than its first service worker, which the helper takes for no update.
    navigator.serviceWorker.addEventListener('controllerchange', () => location.reload(), { once: true })
    await this.enter?.(false)
  }
}

export const update = new Update()
