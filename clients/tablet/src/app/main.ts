// Where the app begins.

import { mount } from 'svelte'

import App from './App.svelte'
import './base.css'
import { lock } from './lock.svelte'
import './tokens.css'
import { openApp } from './setting'
import { update } from './update.svelte'
import { spoken } from './words/words.svelte'

spoken.show()
const target = document.getElementById('app')
if (target === null) throw new Error('index.html has no place for the app')
const app = await openApp()
await lock.start(app.tablet.store)
mount(App, { target, props: { app } })
update.start()
