// What nobody caught: the person is told in plain words, and what may help to mend it is kept on this tablet. It
// names the failure and where in the app it was, never its text: that may repeat what somebody wrote.

import { NotKept } from '../protocol/failures'
import { kept, type Failed } from './failing'
import { t } from './words/words.svelte'

const KEY = 'trouble'
const KEPT = 20

class Trouble {
  /** What to tell the person now; nothing where they know. */
  text = $state('')
  all = $state.raw<Failed[]>(read())

  start(version: string): void {
    // A browser says this of a page that is merely slow to lay out.
    const harmless = (event: ErrorEvent) => event.error == null && event.message.startsWith('ResizeObserver')
    addEventListener('error', (event) => {
      if (event instanceof ErrorEvent && !harmless(event)) this.take(event.error, version)
    })
    addEventListener('unhandledrejection', (event) => this.take(event.reason, version))
  }

  private take(error: unknown, version: string): void {
    this.text = error instanceof NotKept ? t('failed.full') : t('failed.trouble')
    this.all = [kept(error, new Date().toISOString(), version), ...this.all].slice(0, KEPT)
    try {
      localStorage.setItem(KEY, JSON.stringify(this.all))
    } catch {
      // A full disk is said elsewhere; this page still has them.
    }
  }

  forget(): void {
    this.all = []
    localStorage.removeItem(KEY)
  }
}

function read(): Failed[] {
  try {
    return JSON.parse(globalThis.localStorage?.getItem(KEY) ?? '[]') as Failed[]
  } catch {
    // What cannot be read must not keep the app from being opened.
    return []
  }
}

export const trouble = new Trouble()
