// What the tests of the heart share: tablets that can be switched off and on, on clocks that are set by hand.

import { Busy, Unreachable } from '../../src/protocol/failures'
import { HttpTransport, PATIENCE } from '../../src/protocol/http'
import type { Transport } from '../../src/protocol/operations'
import { Store, type Watch } from '../../src/store/store'
import { systemIds, type Clock } from '../../src/store/system'
import { Tablet, type Alone, type Verdict } from '../../src/sync/tablet'
import type { Led } from '../led'

export const [SECOND, MINUTE, HOUR, DAY] = [1_000, 60_000, 3_600_000, 86_400_000]

/** A device's clocks. Time passes by itself and when the test says so; only the wall clock can be set. */
export class HandClock implements Clock {
  wrongBy = 0
  asleep = 0
  private readonly booted = Date.now() - 5_000

  wallMs(): number {
    return Date.now() + this.asleep + this.wrongBy
  }

  monotonicMs(): number {
    return Date.now() - this.booted
  }
}

/** Node draws nothing: a small picture of each photo is as good as another. */
const shrink = async (_: Uint8Array, type: string) =>
  type.startsWith('image/') ? 'data:image/jpeg;base64,' : null

export const NO_NETWORK: Transport = {
  call: () => Promise.reject(new Unreachable('there is no network here')),
  put: () => Promise.reject(new Unreachable('there is no network here')),
  list: () => Promise.reject(new Unreachable('there is no network here')),
  get: () => Promise.reject(new Unreachable('there is no network here')),
}

/** One meeting at a time; what two tabs of one browser share. */
export function oneAtATime(): Alone {
  let busy = false
  return async (meeting) => {
    if (busy) throw new Busy('a meeting with the hub is under way')
    busy = true
    try {
      return await meeting()
    } finally {
      busy = false
    }
  }
}

export function transportTo(url: string): Transport {
  return new HttpTransport(url, { ...PATIENCE, attempts: 1 })
}

let count = 0

/** One tablet in somebody's hands: it can be switched off, whatever it is doing, and on again. */
export class Carried {
  tablet!: Tablet
  store!: Store
  readonly clock = new HandClock()
  readonly alone = oneAtATime()

  constructor(
    public transport: Transport = NO_NETWORK,
    readonly name = `tablet-${process.pid}-${++count}`,
  ) {}

  async on(watch: Watch = () => {}): Promise<Tablet> {
    this.store?.close()
    this.store = new Store(this.name, watch)
    this.tablet = await this.open(this.store)
    return this.tablet
  }

  /** Another tab on the same database. */
  open(store: Store): Promise<Tablet> {
    const { transport, clock, alone } = this
    return Tablet.open({ store, transport, clock, ids: systemIds, alone, appVersion: 'test', shrink })
  }

  async verdict(change: string): Promise<Verdict> {
    const found = (await this.tablet.verdicts()).find((one) => one.id === change)
    if (found === undefined) throw new Error('no such change')
    return found
  }

  async device(): Promise<string> {
    return (await this.tablet.status()).device ?? ''
  }

  held(collection: string): Promise<string[]> {
    return this.store.database.documents
      .where('collection')
      .equals(collection)
      .primaryKeys()
      .then((keys) => keys.map(([, id]) => id))
  }
}

/** A tablet that is enrolled for these grids and in sync. */
export async function carry(led: Led, ...grids: string[]): Promise<Carried> {
  const carried = new Carried(transportTo(led.road))
  const tablet = await carried.on()
  await tablet.enrol(await led.code(...(grids.length > 0 ? grids : ['LY-1'])), '平板')
  const report = await tablet.sync()
  if (report.state !== 'SYNCED') throw new Error(`not in sync: ${report.state} ${report.reason}`)
  return carried
}
