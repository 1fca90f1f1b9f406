// Where the app begins.

import { mount } from 'svelte'

import App from './App.svelte'
import './base.css'
import { lock } from './lock.svelte'
import './tokens.css'
import { APP_VERSION, openApp } from './setting'
import { trouble } from './trouble.svelte'
import { update } from './update.svelte'
import { sayWhatIsWrong } from './valid'
import { spoken, t } from './words/words.svelte'

spoken.show()
sayWhatIsWrong()
trouble.start(APP_VERSION)
const target = document.getElementById('app')
if (target === null) throw new Error('index.html has no place for the app')
try {
  const app = await openApp()
  await lock.start(app.tablet.store)
  mount(App, { target, props: { app } })
} catch (error) {
  // Never a blank page: what is recorded is still on the disk.
  target.textContent = t('failed.open')
  target.className = 'bad'
  throw error
} finally {
  update.start()
}
