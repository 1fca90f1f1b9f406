// The app in one place: what is wired to what, handed to every screen by Svelte's context.

import { getContext, setContext } from 'svelte'

import { Busy } from '../protocol/failures'
import { HttpTransport } from '../protocol/http'
import { Store } from '../store/store'
import { systemClock, systemIds } from '../store/system'
import { Tablet, type Alone } from '../sync/tablet'
import { Drafts } from './drafts'
import { thumbnail } from './media'
import { Keeper } from './keeper.svelte'
import { isSpokenNow, takeUp } from './spoken'
import { World } from './world.svelte'

export const APP_VERSION = `tablet ${__APP_VERSION__}`

export interface App {
  tablet: Tablet
  world: World
  keeper: Keeper
  drafts: Drafts
}

/** One meeting at a time over all tabs of this browser. */
const alone: Alone = async (meeting) => {
  if (!('locks' in navigator)) return meeting()
  return navigator.locks.request('lianxin-meeting', { ifAvailable: true }, (lock) => {
    if (lock === null) throw new Busy('a meeting with the hub is under way')
    return meeting()
  })
}

export async function openApp(): Promise<App> {
  const store = new Store('lianxin')
  const transport = new HttpTransport('/graphql')
  const surroundings = {
    store,
    transport,
    clock: systemClock,
    ids: systemIds,
    alone,
    appVersion: APP_VERSION,
    shrink: thumbnail,
  }
  const tablet = await Tablet.open(surroundings)
  await takeUp(tablet, isSpokenNow)
  const world = new World(tablet)
  await world.start()
  const keeper = new Keeper(world)
  keeper.start()
  const drafts = await Drafts.open(store)
  addEventListener('pagehide', () => drafts.flush())
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'hidden') drafts.flush()
  })
  return { tablet, world, keeper, drafts }
}

const KEY = Symbol('app')

export function provide(app: App): void {
  setContext(KEY, app)
}

export function app(): App {
  return getContext<App>(KEY)
}
