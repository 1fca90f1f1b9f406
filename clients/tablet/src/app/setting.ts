// The app in one place: what is wired to what, handed to every screen by Svelte's context.

import { getContext, setContext } from 'svelte'

import { Busy, NotKept } from '../protocol/failures'
import { HttpTransport } from '../protocol/http'
import { Store } from '../store/store'
import { systemClock, systemIds } from '../store/system'
import { Tablet, type Alone } from '../sync/tablet'
import { Drafts } from './drafts.svelte'
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
  await forgetMended(tablet, world, drafts)
  addEventListener('pagehide', () => drafts.flush())
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'hidden') drafts.flush()
  })
  return { tablet, world, keeper, drafts }
}

/** What was being mended and cannot be any more goes, with the files that it had. */
async function forgetMended(tablet: Tablet, world: World, drafts: Drafts): Promise<void> {
  const mendable = new Set(world.verdicts.filter((one) => one.mendable).map((one) => one.id))
  try {
    for (const { form, id } of await drafts.over(mendable)) {
      await tablet.attachments.forgetDraft(id)
      await drafts.drop(form)
    }
  } catch (failure) {
    if (!(failure instanceof NotKept)) throw failure
  }
}

const KEY = Symbol('app')

export function provide(app: App): void {
  setContext(KEY, app)
}

export function app(): App {
  return getContext<App>(KEY)
}
