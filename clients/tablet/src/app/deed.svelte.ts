// One press of a button: what it records is durably kept, then it is said, or else why not. One at a time.

import { notice } from './notice.svelte'
import { t } from './words/words.svelte'
import { whyNot } from './world.svelte'

export class Deed {
  working = $state(false)
  failed = $state<string | null>(null)

  /** Whether it was kept; `said` is what is told then. */
  async run(work: () => Promise<unknown>, said = t('saved')): Promise<boolean> {
    if (this.working) return false
    this.working = true
    this.failed = null
    try {
      await work()
      notice.say(said)
      return true
    } catch (error) {
      this.failed = whyNot(error)
      return false
    } finally {
      this.working = false
    }
  }
}
