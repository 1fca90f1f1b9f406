// How much is asked for or sent at once. A weak road breaks at large pieces again and again: half as much is tried
// the next time, also after the app was closed, and twice as much after what went through.

import { NotKept } from '../protocol/failures'
import type { Store } from '../store/store'

export class Pace {
  constructor(
    private readonly store: Store,
    /** Where it is kept among the small things. */
    private readonly key: string,
    private readonly most: number,
    private readonly least: number,
  ) {}

  async now(): Promise<number> {
    return (await this.store.get<number>(this.key)) ?? this.most
  }

  async broke(): Promise<void> {
    await this.become(Math.max(this.least, Math.floor((await this.now()) / 2)))
  }

  async passed(): Promise<void> {
    await this.become(Math.min(this.most, (await this.now()) * 2))
  }

  private async become(size: number): Promise<void> {
    if (size === (await this.now())) return
    const kept = size === this.most ? null : size
    try {
      await this.store.step('pace', () => this.store.put({ [this.key]: kept }))
    } catch (failure) {
      // On a full disk it is tried as before.
      if (!(failure instanceof NotKept)) throw failure
    }
  }
}
