// A tablet: a cache of what the hub said, and an outbox of what was done here.
//
// Everything works without a network but `enrol`, `sync` and `renew`. Each method that writes is one or more
// steps, each of them durable before the next.

import type { Json } from '../protocol/canonical'
import { check, thingOf, type KindName } from '../protocol/change'
import { Busy, BadFile, Erased, NotKept, NotRecorded, Unreachable } from '../protocol/failures'
import type { Said, Transport } from '../protocol/operations'
import { formatTime } from '../protocol/time'
import type { Enrolment, Grid, Kinds, Moment } from '../protocol/types'
import type { Attached, Kept } from '../store/database'
import { Store } from '../store/store'
import type { Clock, Ids } from '../store/system'
import { Attachments, type Made } from './attachments'
import { Exchange, type Progress, type Report } from './exchange'
import { Holdings } from './holdings'
import { Looking, type Shrink } from './looking'
import { Journal, type Reading } from './journal'
import { MENDABLE, Outbox, waitingOf, type Recorded, type Told } from './outbox'
import { base64, pack, readAnswer } from './stick'

/** So much of photos and spoken notes goes with one stick's file. */
const STICK_BYTES = 40_000_000

const LIVE: ReadonlySet<string> = new Set(['OPEN', 'DISPATCHED', 'ACCEPTED', 'IN_PROGRESS'])

/** Runs one meeting at a time, in however many tabs; throws `Busy` where one is under way. */
export type Alone = <T>(meeting: () => Promise<T>) => Promise<T>

/** Every dependency on the outer world. */
export interface Surroundings {
  store: Store
  transport: Transport
  clock: Clock
  ids: Ids
  alone: Alone
  appVersion: string
  shrink: Shrink
}

/** What became of one change. `outcome` is SAVED, SENT, or one of the hub's. */
export interface Verdict {
  id: string
  seq: number | null
  kind: string
  entity: string
  at: string
  run: number
  outcome: string
  code: string
  /** Nothing where the app says it in its own words. */
  sentence: Said | null
  rule: string | null
  stands: unknown
  /** The change itself, while it is kept to be sent, or to be mended. */
  raw: Json | null
  read: boolean
  /** It did not come to stand, and what it had said is here. */
  mendable: boolean
}

/** Is it safe to leave? `syncedAt` is when, by the hub's clock, everything agreed for the last time. */
export interface Status {
  device: string | null
  name: string | null
  scope: Grid[]
  epoch: number | null
  unsent: number
  unsettled: number
  /** Photos and spoken notes that are only here. */
  unsentFiles: number
  /** Those of them that were tried and did not get through. */
  failingFiles: number
  /** Photos and spoken notes that the hub does not take: they stay here, and go nowhere. */
  refusedFiles: number
  /** Openings of contacts that the hub has not heard of. */
  unsentOpenings: number
  syncedAt: number | null
  settlesAt: string | null
  resetting: boolean
  alarm: boolean
  revoked: boolean
  /** Photos and spoken notes that were erased with the rest, and that no hub has. */
  lostFiles: number
  offsetMs: number | null
  uncertaintyMs: number | null
}

/** What screens show of the outbox, and whether it is safe to leave: of one moment. */
export interface Standing {
  /** The place of the newest change in the database. */
  position: number
  pending: Json[]
  verdicts: Verdict[]
  status: Status
}

/** What a change says beside its kind and data. */
export interface About {
  /** null makes a new thing's id. */
  entity?: string | null
  private?: Json | null
  by?: string | null
  /** The rev on which the screen was built; what is held now unless said. */
  saw?: number
}

type Typed = { start?: Moment | number | null; end?: Moment | number | null }
export type Given<K extends KindName> = K extends 'service.record'
  ? Omit<Kinds[K], 'start' | 'end'> & Typed
  : Kinds[K]

export class Tablet {
  readonly outbox: Outbox
  readonly holdings: Holdings
  readonly attachments: Attachments
  readonly looking: Looking

  private constructor(
    private readonly surroundings: Surroundings,
    private readonly journal: Journal,
  ) {
    this.outbox = new Outbox(this.store)
    this.holdings = new Holdings(this.store)
    this.attachments = new Attachments(this.store)
    this.looking = new Looking(this.store, surroundings.transport, surroundings.shrink, this.attachments)
  }

  static async open(surroundings: Surroundings): Promise<Tablet> {
    return new Tablet(surroundings, await Journal.open(surroundings.store, surroundings.clock))
  }

  get store(): Store {
    return this.surroundings.store
  }

  // Recording

  /** A reading of the clock now, to be the start or the end of a service. */
  async moment(): Promise<Moment> {
    return reading(await this.journal.now())
  }

  /** Keep one change, durably, to be sent when there is a network; `NotRecorded`, `NotKept` or `Erased`. */
  async record<K extends KindName>(kind: K, data: Given<K>, about: About = {}): Promise<Recorded> {
    return (await this.recordAll([{ kind, data, about }]))[0] as Recorded
  }

  /** Several changes of one act: all of them are kept, or none. */
  recordAll(lines: readonly { kind: KindName; data: object; about?: About }[]): Promise<Recorded[]> {
    return this.store.step('record', async () => {
      const [revoked, next] = await Promise.all([this.store.get('revoked'), this.outbox.nextSeq()])
      if (revoked) throw new Erased('this tablet was revoked; enrol it anew')
      const recorded: Recorded[] = []
      for (const [index, { kind, data, about = {} }] of lines.entries())
        recorded.push(await this.keep(kind, data, about, next + index))
      return recorded
    })
  }

  private async keep(kind: KindName, data: object, about: About, seq: number): Promise<Recorded> {
    const entity = about.entity ?? this.surroundings.ids.uuid7()
    const [now, saw] = await Promise.all([
      this.journal.read(),
      about.saw ?? this.holdings.rev(thingOf(kind) ?? '', entity),
    ])
    const raw = {
      id: this.surroundings.ids.uuid7(),
      at: formatTime(now.wallMs),
      run: now.run,
      saw,
      ...{ kind, entity, by: about.by ?? null },
      data: given(kind === 'service.record' ? withMoments(data as Typed, now) : data),
      ...privately(about.private ?? null, this.surroundings.ids),
    }
    check(raw)
    return this.outbox.keep(raw, seq)
  }

  /**
   * Note that somebody opened a ticket's contact: on the disk before it is shown, and sent with the next upload.
   * `by` is the member who looks, when a tablet is shared.
   */
  openContact(ticket: string, by: string | null = null): Promise<void> {
    return this.store.step('opening', async () => {
      const now = await this.journal.read()
      const opened = { id: this.surroundings.ids.uuid7(), ticket, ...reading(now), by }
      await this.store.put({ openings: [...(await this.outbox.openings()), opened] })
    })
  }

  /** An id for something that is about to be made. */
  newId(): string {
    return this.surroundings.ids.uuid7()
  }

  /** Keep a photo or a spoken note of a ticket; of a `draft` it waits until the ticket is recorded. */
  async attach(ticket: string, made: Made, draft = false): Promise<Attached> {
    return this.attachments.add(ticket, made, (await this.moment()).at, draft)
  }

  // Looking

  /** What became of everything that was recorded here, in that order. */
  async verdicts(): Promise<Verdict[]> {
    const received = await this.outbox.received()
    return (await this.outbox.all()).map((told) => verdictOf(told, received))
  }

  /** Somebody has read what became of a change, or takes that back. */
  seen(change: string, read = true): Promise<void> {
    return this.outbox.seen(change, read)
  }

  /** Somebody has mended a change and sent it anew. */
  mended(change: string): Promise<void> {
    return this.outbox.mended(change)
  }

  /** The changes that a screen shows on top of what the hub said. */
  async pending(): Promise<Json[]> {
    return (await this.outbox.waiting()).map((kept) => JSON.parse(kept.body ?? '{}') as Json)
  }

  /**
   * All of it at once, each thing read once. What was only added to since `before` is read from there on, so that
   * recording takes no longer the more there is unsent.
   */
  standing(before: Standing | null = null): Promise<Standing> {
    return this.reading(async () => {
      const [received, told] = await Promise.all([
        this.outbox.received(),
        before === null ? this.outbox.all() : this.outbox.since(before.position),
      ])
      const waiting = waitingOf(told).map((kept) => JSON.parse(kept.body ?? '{}') as Json)
      const verdicts = told.map((one) => verdictOf(one, received))
      const pending = [...(before?.pending ?? []), ...waiting]
      return {
        position: told.at(-1)?.kept.position ?? before?.position ?? 0,
        pending,
        verdicts: [...(before?.verdicts ?? []), ...verdicts],
        status: await this.status(pending.length),
      }
    })
  }

  /** All that a screen needs to say whether it is safe to leave. */
  status(unsettled?: number): Promise<Status> {
    return this.reading(async () => {
      const { store, outbox, attachments } = this
      const keys = ['device', 'name', 'scope', 'epoch', 'syncedAt', 'settlesAt', 'resetting', 'checkpoint']
      const [line, small, next, received, waiting, ...files] = await Promise.all([
        this.journal.current(),
        store.database.meta.bulkGet([...keys, 'alarm', 'revoked', 'lostFiles', 'openings']),
        outbox.nextSeq(),
        outbox.received(),
        unsettled ?? outbox.waiting().then((kept) => kept.length),
        ...[attachments.waiting(), attachments.failing(), attachments.refused()],
      ])
      const held = new Map(small.map((one) => [one?.key, one?.value]))
      const get = <T>(key: string): T | null => (held.get(key) as T | undefined) ?? null
      return {
        device: get('device'),
        name: get('name'),
        scope: get<Grid[]>('scope') ?? [],
        epoch: get('epoch'),
        unsent: Math.max(0, next - 1 - received),
        unsettled: waiting,
        unsentFiles: files[0] ?? 0,
        failingFiles: files[1] ?? 0,
        refusedFiles: files[2] ?? 0,
        unsentOpenings: get<unknown[]>('openings')?.length ?? 0,
        syncedAt: get('syncedAt'),
        settlesAt: get('settlesAt'),
        resetting: get<boolean>('resetting') ?? get('checkpoint') === null,
        alarm: get<boolean>('alarm') ?? false,
        revoked: get<boolean>('revoked') ?? false,
        lostFiles: get<number>('lostFiles') ?? 0,
        offsetMs: line?.offsetMs ?? null,
        uncertaintyMs: line?.uncertaintyMs ?? null,
      }
    })
  }

  /** One transaction for many a look: each of its own makes a slow tablet wait, and what they see is of one moment. */
  private reading<T>(look: () => Promise<T>): Promise<T> {
    const { database } = this.store
    return database.transaction('r', database.tables, look)
  }

  /** The lines of the clock journal, to show when something really was. */
  clockLines() {
    return this.journal.lines()
  }

  // Meeting the hub

  private meeting<T>(
    work: (exchange: Exchange) => Promise<T>,
    progress?: (one: Progress) => void,
  ): Promise<T> {
    const { store, transport, alone } = this.surroundings
    return alone(() =>
      work(new Exchange(store, this.journal, this.outbox, this.holdings, transport, progress)),
    )
  }

  /** Join with a one-time code, or join again with the outbox kept; `Refused`, `Unreachable` or `Busy`. */
  enrol(code: string, name: string): Promise<Enrolment> {
    return this.meeting((exchange) => exchange.enrol(code, name, this.surroundings.appVersion))
  }

  /** Push, then pull to the end; never throws for what a network or a hub may do. */
  async sync(progress?: (one: Progress) => void): Promise<Report> {
    try {
      return await this.meeting(async (exchange) => {
        await this.attachments.move()
        const report = await exchange.sync()
        if (report.state === 'SYNCED') {
          progress?.({ phase: 'files', sent: report.sent, received: report.received, remaining: null })
          await this.sendFiles()
          await this.lookAhead()
        }
        return report
      }, progress)
    } catch (failure) {
      if (!(failure instanceof Busy)) throw failure
      return { state: 'BUSY', sent: 0, received: 0, reason: 'a meeting with the hub is under way' }
    }
  }

  /** What is not a change goes last. What does not get through waits for the next meeting. */
  private async sendFiles(): Promise<void> {
    const { store, transport } = this.surroundings
    const token = (await store.get<string>('token')) ?? null
    const epoch = (await store.get<number>('epoch')) ?? 0
    try {
      await this.attachments.send((piece) => transport.put(piece, token), epoch)
    } catch (failure) {
      if (!(failure instanceof Unreachable || failure instanceof NotKept)) throw failure
    }
  }

  /**
   * Then what others sent for the tickets that are to be seen to, newest first, for the way; and of the others of
   * which something was made here, whether the hub still has it.
   */
  private async lookAhead(): Promise<void> {
    const scope = new Set(((await this.store.get<Grid[]>('scope')) ?? []).map((grid) => grid.id))
    const held = await this.store.database.documents.where('collection').equals('ticket').toArray()
    const revs = new Map(held.map((one) => [one.id, one.rev]))
    const live = held
      .filter((one) => scope.has(one.body.grid) && LIVE.has(one.body.state))
      .sort((one, other) => other.rev - one.rev)
      .map((one) => one.id)
    const mine = [...(await this.attachments.ofSent())].filter((id) => !live.includes(id))
    const about = (mine: boolean) => (id: string) => ({ id, rev: revs.get(id) ?? 0, mine })
    try {
      await this.looking.ahead(
        [...live.map(about(false)), ...mine.map(about(true))],
        (await this.journal.now()).wallMs,
      )
    } catch (failure) {
      if (!(failure instanceof NotKept)) throw failure
    }
  }

  /** Fetch what other tablets sent for a ticket that somebody looks at; `Unreachable`. */
  async look(ticket: string): Promise<void> {
    await this.looking.look(ticket, (await this.journal.now()).wallMs)
  }

  renew(): Promise<Enrolment> {
    return this.meeting((exchange) => exchange.renew())
  }

  /** Have everything sent again at the next sync. What was recorded here stays. */
  reset(): Promise<void> {
    return this.meeting(() => this.holdings.startOver())
  }

  // By stick

  /** Everything that the hub has not yet, as a file for a stick, and how many changes are in it. */
  export(): Promise<{ file: Blob; changes: number }> {
    return this.meeting(async (exchange) => {
      const next = await this.outbox.nextSeq()
      const batch = await this.outbox.batch(next, Number.MAX_SAFE_INTEGER)
      // An answer does not say which openings it was for, so all of them are carried each time.
      const { changes, ...head } = await exchange.upload(batch, await this.outbox.openings())
      const after = (await this.store.get('checkpoint')) ?? null
      const heard = (await this.store.get('heard')) ?? next
      const said = { ...head, device: await this.store.get('device'), after, next: heard }
      const files = (await this.attachments.carried(STICK_BYTES)).map((one) => ({
        ...{ ticket: one.ticket, sha256: one.sha256, type: one.type },
        data: base64(one.data),
      }))
      const whole = files.length > 0 ? { ...said, attachments: files.length } : said
      return { file: await pack(whole, [...changes, ...files], await this.token()), changes: changes.length }
    })
  }

  /** Take what the hub sent back on a stick; `BadFile` when it is not for this tablet. */
  importAnswer(file: Blob): Promise<Report> {
    return this.meeting(async (exchange) => {
      const answer = await readAnswer(file, await this.token())
      if (answer.device !== (await this.store.get('device')))
        throw new BadFile('the answer is for another device')
      const report = await exchange.answeredByStick(answer)
      const epoch = (await this.store.get<number>('epoch')) ?? 0
      for (const { ticket, sha256, code } of answer.attachments)
        await this.attachments.told([ticket, sha256], code, epoch)
      return report
    })
  }

  private async token(): Promise<string> {
    const token = await this.store.get<string>('token')
    if (token === undefined) throw new Erased('this tablet is not enrolled')
    return token
  }
}

function reading(now: Reading): Moment {
  return { at: formatTime(now.wallMs), run: now.run }
}

/** What was said; what is undefined was not. */
function given(data: object): Json {
  return Object.fromEntries(Object.entries(data).filter(([, value]) => value !== undefined))
}

function privately(own: Json | null, ids: Ids): { private?: Json } {
  const said = own === null ? {} : given(own)
  return Object.keys(said).length > 0 ? { private: { salt: ids.salt(), ...said } } : {}
}

/** A service's start and end as raw readings: a typed time takes this change's run, none means now. */
function withMoments(data: Typed, now: Reading): Json {
  return { ...data, start: momentOf(data.start, now), end: momentOf(data.end, now) }
}

function momentOf(value: Moment | number | null | undefined, now: Reading): Moment {
  if (typeof value === 'object' && value !== null) return { at: value.at, run: value.run }
  try {
    return { at: formatTime(value ?? now.wallMs), run: now.run }
  } catch {
    throw new NotRecorded('UNREADABLE', '$.data')
  }
}

function verdictOf(told: Told, received: number): Verdict {
  const verdict = wordOf(told, received)
  const mendable = MENDABLE.has(verdict.outcome) && verdict.raw !== null && !told.kept.mended
  return { ...verdict, mendable }
}

function wordOf({ kept, word }: Told, received: number): Omit<Verdict, 'mendable'> {
  const text = kept.body ?? kept.mend?.body ?? null
  const raw = text === null ? null : (JSON.parse(text) as Json)
  const about = { ...identity(kept), raw, read: kept.read ?? false, rule: null, stands: null }
  if (word !== null) {
    const { outcome, code, sentence, rule = null, stands = null } = word
    return { ...about, outcome, code, sentence, rule, stands }
  }
  if (kept.quarantine !== null) {
    const { code, sentence } = kept.quarantine
    return { ...about, outcome: 'QUARANTINED', code, sentence }
  }
  const sent = kept.body === null || (kept.seq ?? 0) <= received
  const outcome = sent ? 'SENT' : 'SAVED'
  return { ...about, outcome, code: outcome, sentence: null }
}

function identity(kept: Kept) {
  const { id, seq = null, kind, entity, at, run } = kept
  return { id, seq, kind, entity, at, run }
}
