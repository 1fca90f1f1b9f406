// Meeting the hub: measure the clock, push what waits, pull what is new; resumed after any failure.
// Nothing is remembered between two meetings but what is in the database.

import { Disagreement, Failure, NotKept, Refused, Unreachable } from '../protocol/failures'
import type { Json } from '../protocol/canonical'
import manifest from '../protocol/manifest.json'
import { PROTOCOL, readEnrolment, readPage, readReceipt, readTime } from '../protocol/operations'
import type { Operation, Transport } from '../protocol/operations'
import type { Enrolment, OpeningInput, Page, UploadInput } from '../protocol/types'
import type { Store } from '../store/store'
import type { Holdings, Taken } from './holdings'
import type { Journal } from './journal'
import { Pace } from './pace'
import { LARGEST, runsOf, type Batch, type Outbox } from './outbox'
import type { Answer } from './stick'

const RENEWALS = 2
const STALLS = 3
const ROUNDS = 3
const MOVES = 10
/** So few documents are asked for at once on the weakest road. */
const SMALLEST_PAGE = 50
/** So many openings of contacts go with one upload. */
const MAX_OPENINGS = 1000

/** How a meeting ended. Only SYNCED says that everything is here and there; BUSY, that another page is meeting. */
export type State = 'SYNCED' | 'AGAIN' | 'ENROL' | 'UPDATE' | 'REVOKED' | 'ALARM' | 'FULL' | 'BUSY'

/** What a code of the hub's means for a tablet; any other one means to try again. */
const STATES: Readonly<Record<string, State>> = { UNAUTHENTICATED: 'ENROL', PROTOCOL: 'UPDATE' }

/** What a meeting came to: changes the hub took, documents that came, and why it ended early. */
export interface Report {
  state: State
  sent: number
  received: number
  reason: string | null
}

/** What a meeting is at, for a bar on a screen. */
export interface Progress {
  phase: 'clock' | 'push' | 'pull' | 'files'
  sent: number
  received: number
  /** While everything comes anew: about how many documents are still to come. */
  remaining: number | null
}

export class Exchange {
  private sent = 0
  private received = 0
  private remaining: number | null = null
  /** The hub has everything up to this seq, as far as was heard in this meeting. */
  private known = 0
  private readonly pace: Pace

  constructor(
    private readonly store: Store,
    private readonly journal: Journal,
    private readonly outbox: Outbox,
    private readonly holdings: Holdings,
    private readonly transport: Transport,
    private readonly progress: (progress: Progress) => void = () => {},
  ) {
    this.pace = new Pace(store, 'pageSize', manifest.limits.maxPage, SMALLEST_PAGE)
  }

  /** Push, then pull to the end. Whatever happens, ends with a report. */
  async sync(): Promise<Report> {
    if ((await this.store.get('device')) === undefined)
      return this.report((await this.store.get('revoked')) ? 'REVOKED' : 'ENROL')
    try {
      return await this.renewing()
    } catch (failure) {
      if (failure instanceof Refused && failure.code === 'REVOKED') return this.surrender()
      return this.failed(failure)
    }
  }

  private failed(failure: unknown): Report {
    if (failure instanceof Refused) return this.report(STATES[failure.code] ?? 'AGAIN', failure.code)
    if (failure instanceof Disagreement) return this.report('ALARM', 'what is held is not what the hub says')
    if (failure instanceof NotKept) return this.report('FULL', failure.message)
    if (failure instanceof Failure) return this.report('AGAIN', failure.message)
    throw failure
  }

  private report(state: State, reason: string | null = null): Report {
    return { state, sent: this.sent, received: this.received, reason }
  }

  /** Where this device is forked, go on as a new one. */
  private async renewing(): Promise<Report> {
    for (let renewals = 0; ; renewals++) {
      try {
        return await this.meet()
      } catch (failure) {
        if (!(failure instanceof Refused && failure.code === 'FORKED') || renewals >= RENEWALS) throw failure
      }
      await this.renew()
    }
  }

  private async meet(): Promise<Report> {
    await this.contact()
    this.known = await this.outbox.received()
    if ((await this.store.get('heard')) !== undefined) await this.page()
    for (let round = 0; round < ROUNDS; round++) {
      await this.push()
      if (!(await this.pull())) return this.report('SYNCED')
    }
    throw new Unreachable('the hub begins one epoch after another')
  }

  private async call(operation: Operation, variables: Json = {}): Promise<unknown> {
    return this.transport.call(operation, variables, (await this.store.get<string>('token')) ?? null)
  }

  private show(phase: Progress['phase']): void {
    this.progress({ phase, sent: this.sent, received: this.received, remaining: this.remaining })
  }

  /** One tiny exchange, to learn how far the clocks are apart. */
  async contact(): Promise<void> {
    this.show('clock')
    const before = await this.journal.now()
    await this.journal.met(before, readTime(await this.call('now')))
  }

  // Devices

  /** Join with a one-time code; what is kept in the outbox goes along. */
  async enrol(code: string, name: string, appVersion: string): Promise<Enrolment> {
    const asking = { code, name, appVersion, kept: await this.keptBefore() }
    const enrolment = readEnrolment(await this.transport.call('enrol', asking, null))
    await this.store.step('enrol', async () => {
      await this.outbox.renumber()
      const forgotten = {
        checkpoint: null,
        heard: null,
        lineage: null,
        ...{ revoked: null, lostFiles: null },
        alarm: null,
        syncedAt: null,
      }
      await this.store.put({ ...forgotten, scope: enrolment.scope, name })
      await this.become(enrolment)
    })
    return enrolment
  }

  /** What the device was that enrols anew, and which of its changes are still here: they were made for its grids. */
  private async keptBefore(): Promise<Json | null> {
    const device = await this.store.get<string>('device')
    if (device === undefined) return null
    return { device, next: await this.outbox.nextSeq(), ...(await this.knownBy()) }
  }

  private async knownBy(): Promise<Json> {
    return { after: (await this.store.get('checkpoint')) ?? null, oldest: await this.outbox.oldest() }
  }

  /** Go on as a new device of the same scope: the same changes under new seqs, made where they were made. */
  async renew(): Promise<Enrolment> {
    const enrolment = readEnrolment(await this.call('renew', await this.knownBy()))
    await this.store.step('renew', async () => {
      await this.outbox.renumber()
      const lineage = (await this.store.get<string[]>('lineage')) ?? []
      await this.store.put({ lineage: [...lineage, await this.store.get('device')] })
      await this.become(enrolment)
    })
    return enrolment
  }

  private become(enrolment: Enrolment): Promise<void> {
    return this.store.put({ device: enrolment.device, token: enrolment.token, epoch: enrolment.epoch })
  }

  /** Revoked: hand over what was recorded here, then erase everything. */
  private async surrender(): Promise<Report> {
    try {
      await this.handOver()
    } catch (failure) {
      if (!(failure instanceof Failure)) throw failure
      return this.report('AGAIN', `revoked, and the outbox was not taken yet: ${failure.message}`)
    }
    const lostFiles = await this.unsentFiles()
    const { meta, changes, documents, drafts, attachments, contents, looked } = this.store.database
    await this.store.step(
      'erase',
      async () => {
        for (const table of [meta, changes, documents, drafts, attachments, contents, looked])
          await table.clear()
        await this.store.put({ revoked: true, lostFiles: lostFiles > 0 ? lostFiles : null })
      },
      () => null,
    )
    return this.report('REVOKED')
  }

  /** Photos and spoken notes that no hub has: nobody takes them of a revoked tablet. */
  private unsentFiles(): Promise<number> {
    return this.store.database.attachments.where('state').notEqual('SENT').count()
  }

  // Push

  /** Send batch after batch until the hub has everything; at least one, for its receipt. */
  private async push(): Promise<void> {
    let { changes, bytes } = LARGEST
    for (let stalls = 0; stalls <= STALLS;) {
      this.show('push')
      const batch = await this.outbox.batch(changes, bytes)
      let received: number
      try {
        received = await this.send(batch)
      } catch (failure) {
        if (!(failure instanceof Refused)) throw failure
        if (failure.code === 'GAP') {
          await this.rewind(failure)
          stalls += 1
        } else if (failure.code === 'TOO_LARGE' && batch.changes.length > 1) {
          changes = Math.floor(batch.changes.length / 2)
          bytes = Math.floor(bytes / 2)
        } else throw failure
        continue
      }
      if (received >= (await this.outbox.nextSeq()) - 1) return
      stalls = received >= batch.first ? 0 : stalls + 1
    }
    throw new Unreachable('the hub takes nothing')
  }

  /**
   * The outbox of a revoked tablet: what it sends is taken, and answered with REVOKED.
   * The hub may have less than it said once, where it was restored since: its word now counts.
   */
  private async handOver(): Promise<void> {
    for (let stalls = 0; stalls <= STALLS;) {
      const batch = await this.outbox.batch(LARGEST.changes, LARGEST.bytes)
      let received: number
      try {
        received = await this.send(batch)
      } catch (failure) {
        if (!(failure instanceof Refused && failure.code === 'REVOKED')) throw failure
        received = failure.number('receivedThrough') ?? batch.first + batch.changes.length - 1
        await this.outbox.rewind(received)
      }
      if (received >= (await this.outbox.nextSeq()) - 1) return
      stalls = received >= batch.first ? 0 : stalls + 1
    }
    throw new Unreachable('the hub takes nothing')
  }

  private async send(batch: Batch): Promise<number> {
    const openings = (await this.outbox.openings()).slice(0, MAX_OPENINGS)
    const upload = await this.upload(batch, openings)
    const [receipt, marks] = readReceipt(await this.call('push', { upload }))
    if (receipt.receivedThrough >= (await this.outbox.nextSeq())) throw new Refused('FORKED')
    this.sent += Math.max(0, receipt.receivedThrough - Math.max(batch.first - 1, this.known))
    this.known = Math.max(this.known, receipt.receivedThrough)
    await this.outbox.answered(receipt, marks, batch)
    if (openings.length > 0) await this.outbox.noted(openings)
    return this.outbox.received()
  }

  /** What a push says, and the first line of a stick's file. */
  async upload(batch: Batch, openings: readonly OpeningInput[]): Promise<UploadInput> {
    const { first, oldest, changes } = batch
    const runs = await this.journal.around(runsOf([...changes, ...openings]))
    const opened = openings.length > 0 ? { openings: [...openings] } : {}
    return { protocol: PROTOCOL, from: first, oldest, runs, changes, ...opened }
  }

  /** The hub expects another seq. More than was ever made here means that this is an old copy of itself. */
  private async rewind(refusal: Refused): Promise<void> {
    const expected = refusal.number('expected')
    if (expected === null || expected < 1) throw new Unreachable('a gap, without what is expected')
    if (expected > (await this.outbox.nextSeq())) throw new Refused('FORKED')
    this.known = expected - 1
    await this.outbox.rewind(Math.min(expected, await this.outbox.oldest()) - 1)
  }

  // Pull

  /** Page after page to the end and a matching sum. True when the epoch changed on the way. */
  private async pull(): Promise<boolean> {
    let [epochChanged, wasReset, moves] = [false, false, 0]
    for (;;) {
      const taken = await this.page()
      epochChanged ||= taken.epochChanged
      moves += Number(taken.scopeChanged)
      if (moves > MOVES) throw new Unreachable('the scope changes with every page')
      // A page with a changed scope is answered at once by one more pull, which acknowledges it.
      if (taken.more || taken.scopeChanged) continue
      if (taken.agrees === null) throw new Unreachable('a last page without its check')
      if (taken.agrees) {
        await this.store.step('synced', async () =>
          this.store.put({ alarm: null, syncedAt: await this.store.get('metAt') }),
        )
        return epochChanged
      }
      if (wasReset) {
        await this.store.step('alarm', () => this.store.put({ alarm: true }))
        throw new Disagreement()
      }
      wasReset = true
      await this.holdings.startOver()
    }
  }

  /** One page. It announces the next seq, or while a new scope is unacknowledged, where work in it began. */
  private async page(): Promise<Taken> {
    this.show('pull')
    const after = (await this.store.get<string>('checkpoint')) ?? null
    const next = (await this.store.get<number>('heard')) ?? (await this.outbox.nextSeq())
    const page = await this.asked({ after, next, limit: await this.pace.now() })
    if (page.more && page.checkpoint === after) throw new Unreachable('more, but nothing further')
    const taken = await this.take(page, after)
    await this.pace.passed()
    return taken
  }

  private async asked(what: Json): Promise<Page> {
    try {
      return readPage(await this.call('pull', what))
    } catch (failure) {
      if (failure instanceof Unreachable) await this.pace.broke()
      throw failure
    }
  }

  private async take(page: Page, after: string | null): Promise<Taken> {
    const next = await this.outbox.nextSeq()
    const believed = await this.outbox.believed(page.epoch)
    if (believed < (await this.outbox.received())) await this.outbox.rewind(believed)
    const taken = await this.holdings.take(page, after, next, () => this.outbox.release())
    this.received += page.documents.length
    this.remaining = page.remaining ?? null
    this.show('pull')
    return taken
  }

  // By stick

  /** A receipt and pages that came as a file. An older word than what was heard meanwhile changes nothing. */
  async answeredByStick(answer: Answer): Promise<Report> {
    if (answer.error.code === 'GAP') await this.rewind(new Refused('GAP', answer.error))
    if (answer.receipt !== null) {
      const [said, marks] = readReceipt(answer.receipt)
      const epoch = (await this.store.get<number>('epoch')) ?? 0
      if (said.receivedThrough >= (await this.outbox.received()) && said.epoch >= epoch)
        await this.outbox.answered(said, marks)
    }
    let after = (await this.store.get<string>('checkpoint')) ?? null
    if (answer.after !== after) return this.report('AGAIN', 'the pages go on from what is not held any more')
    let taken: Taken | null = null
    for (const page of answer.pages.map(readPage)) {
      taken = await this.take(page, after)
      after = page.checkpoint
    }
    if ('code' in answer.error) return this.report('AGAIN', String(answer.error.code))
    if (!taken?.agrees) return this.report('AGAIN', 'the pages end before the last one, or do not agree')
    return this.report('SYNCED')
  }
}
