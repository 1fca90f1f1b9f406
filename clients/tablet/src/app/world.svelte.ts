// What the screens look at: everything the tablet holds, in memory, with what waits on top. Read once when the
// app starts, then kept up by what each step says it changed; another tab's steps are read anew.

import { Erased, NotKept, NotRecorded } from '../protocol/failures'
import { formatTime, parseTime } from '../protocol/time'
import type { Bodies, CommunityBody, GridBody, MemberBody, UnitBody } from '../protocol/types'
import type { Held } from '../store/database'
import type { News } from '../store/store'
import { owed } from '../sync/duties'
import type { Standing, Status, Tablet, Verdict } from '../sync/tablet'
import { root, views, type Body, type Pending, type View } from '../sync/view'
import { labelOf } from './fields'
import { notice } from './notice.svelte'
import { initials } from './pinyin'
import { dayOf, shown } from './when'
import { named, t } from './words/words.svelte'

/** A thing as a screen shows it, with the fields of its type. */
export type Shown<B> = Omit<View, 'body'> & { body: B }

type Documents = Map<string, Map<string, Held>>

/** Steps that change nothing of what the outbox had before. */
const ADDING: ReadonlySet<string> = new Set(['record', 'attach', 'contact', 'opening', 'me', 'pin'])
const TICK_MS = 20_000
const DAY_MS = 24 * 3_600_000
const CHINA_MINUTES = 480

export class World {
  private held: Documents = new Map()
  private version = $state(0)
  private standing: Standing | null = null
  private reading: Promise<void> = Promise.resolve()
  private readonly channel = new BroadcastChannel('lianxin')
  pending = $state.raw<Pending[]>([])
  verdicts = $state.raw<Verdict[]>([])
  status = $state.raw<Status | null>(null)
  /** The member who is using this tablet. */
  me = $state<string | null>(null)
  private wall = $state(Date.now())
  /** Rises whenever a photo or a spoken note was kept, sent or let go. */
  attachments = $state(0)

  constructor(readonly tablet: Tablet) {}

  async start(): Promise<void> {
    await this.readAll()
    this.tablet.store.listen((news) => {
      this.channel.postMessage(news.step)
      // One after another: what one reads, the next goes on from.
      this.reading = this.reading.then(() => this.take(news)).catch(reportError)
    })
    // After what is being read now: what was read earlier is not to stand in its place.
    this.channel.onmessage = () => {
      this.reading = this.reading.then(() => this.readAll()).catch(reportError)
    }
    setInterval(() => (this.wall = Date.now()), TICK_MS)
  }

  private async readAll(): Promise<void> {
    const held: Documents = new Map()
    for (const one of await this.tablet.holdings.all()) collectionOf(held, one.collection).set(one.id, one)
    this.held = held
    this.me = (await this.tablet.store.get<string>('me')) ?? null
    await this.readSmall()
    this.version += 1
  }

  /** What the outbox has; after a step that only recorded, from where it was read last. */
  private async readSmall(added = false): Promise<void> {
    const standing = await this.tablet.standing(added ? this.standing : null)
    this.standing = standing
    this.pending = standing.pending as Pending[]
    this.verdicts = standing.verdicts
    this.status = standing.status
    this.attachments += 1
    this.wall = Date.now()
  }

  private async take(news: News): Promise<void> {
    if (news.documents === null) return this.readAll()
    for (const { collection, id, held } of news.documents) {
      if (held === null) collectionOf(this.held, collection).delete(id)
      else collectionOf(this.held, collection).set(id, held)
    }
    if (news.documents.length > 0) this.version += 1
    await this.readSmall(ADDING.has(news.step))
  }

  /** Not all that this tablet is to carry has come yet: what is not here may still come. */
  get fetching(): boolean {
    return this.status !== null && (this.status.syncedAt === null || this.status.resetting)
  }

  /** How many documents are here. */
  get count(): number {
    void this.version
    return [...this.held.values()].reduce((sum, one) => sum + one.size, 0)
  }

  // Time

  /** The hub's time now, as far as this tablet knows. */
  get now(): number {
    return this.wall + (this.status?.offsetMs ?? 0)
  }

  get offsetMinutes(): number {
    return this.community?.utcOffset ?? CHINA_MINUTES
  }

  /** The local day; what follows from it is worked out once a day. */
  today = $derived(dayOf(this.now, this.offsetMinutes))

  /** The local day as wire times, its end not included: wire times are in order as texts. */
  private dayTimes = $derived.by(() => {
    const begins = Date.parse(`${this.today}T00:00:00Z`) - this.offsetMinutes * 60_000
    return [formatTime(begins), formatTime(begins + DAY_MS)] as const
  })

  isToday(time: string): boolean {
    return this.dayTimes[0] <= time && time < this.dayTimes[1]
  }

  /** A time that the hub said, or that this tablet's own clock said. */
  time(text: string | null, own = false): string {
    if (text === null) return t('unknown')
    return shown(parseTime(text) + (own ? (this.status?.offsetMs ?? 0) : 0), this.now, this.offsetMinutes)
  }

  // Things

  readonly look = (collection: string, id: string): Body | null => {
    void this.version
    return this.held.get(collection)?.get(id)?.body ?? null
  }

  private views(collection: string): Map<string, View> {
    void this.version
    return views(collection, this.held.get(collection) ?? new Map(), this.pending, this.look)
  }

  private of<C extends keyof Bodies>(collection: C): Map<string, Shown<Bodies[C]>> {
    return this.views(collection) as Map<string, Shown<Bodies[C]>>
  }

  tickets = $derived.by(() => this.of('ticket'))
  members = $derived.by(() => this.of('member'))
  services = $derived.by(() => this.of('service'))
  posts = $derived.by(() => this.of('post'))
  teams = $derived.by(() => this.of('team'))
  activities = $derived.by(() => this.of('activity'))
  duties = $derived.by(() => this.of('duty'))
  rewards = $derived.by(() => this.of('reward'))
  whistles = $derived.by(() => this.of('whistle'))
  units = $derived.by(() => this.plain<UnitBody>('unit'))
  grids = $derived.by(() => this.plain<GridBody>('grid'))
  communities = $derived.by(() => this.plain<CommunityBody>('community'))
  /** The grids that this tablet carries. */
  scope = $derived(new Set(this.status?.scope.map((grid) => grid.id)))
  mine = $derived(
    this.grids
      .filter((grid) => this.scope.has(grid.id))
      .sort((one, other) => one.code.localeCompare(other.code, 'zh-Hans', { numeric: true })),
  )
  community = $derived(
    this.communities.find((one) => one.id === this.mine[0]?.community) ?? this.communities[0],
  )

  /** The things of changes that no hub has yet. */
  unsent = $derived(
    new Set(this.verdicts.flatMap((one) => (one.outcome === 'SAVED' ? [one.entity, itemOf(one)] : []))),
  )

  /** What was recorded on this tablet, and can be taken back here. */
  recorded = $derived(
    new Set(this.verdicts.filter((one) => one.kind.endsWith('.record')).map((one) => one.entity)),
  )

  /** What the units of my communities owe today (四个一). */
  owed = $derived.by(() => {
    const communities = new Set(this.mine.map((grid) => grid.community))
    const counted = [...this.duties.values()].map((one) => one.body).filter((one) => one.state === 'COUNTED')
    const units = this.units
      .filter((unit) => communities.has(unit.community))
      .sort((one, other) => one.code.localeCompare(other.code, 'zh-Hans', { numeric: true }))
    return owed(units, counted, this.today)
  })

  /** Whether something of a grid, or of a whole community, is one of mine to see to. */
  isMine(grid: string | null, community: string): boolean {
    return grid === null ? this.mine.some((one) => one.community === community) : this.scope.has(grid)
  }

  private plain<B>(collection: string): B[] {
    void this.version
    return [...(this.held.get(collection)?.values() ?? [])].map((one) => one.body as B)
  }

  root(member: string): string {
    return root(member, this.look)
  }

  memberName(id: string): string {
    return (this.members.get(this.root(id)) ?? this.members.get(id))?.body.name ?? t('unknown')
  }

  categoryName(community: string, code: string) {
    return this.communities.find((one) => one.id === community)?.categories.find((one) => one.code === code)
      ?.name
  }

  /** A unit by its id; null is the district itself. */
  unitName(id: string | null): string {
    return id === null
      ? t('district')
      : named(this.units.find((unit) => unit.id === id)?.name) || t('unknown')
  }

  gridOf(id: string | null): GridBody | undefined {
    return this.grids.find((grid) => grid.id === id)
  }

  /** Members by what is typed: a part of the name, pinyin initials, or the number's last digits. */
  found(typed: string, limit = 40): Shown<MemberBody>[] {
    return this.search(typed).slice(0, limit)
  }

  /** All of them. */
  search(typed: string): Shown<MemberBody>[] {
    const wanted = typed.trim().toLowerCase()
    const hits = this.searchable.filter(
      (one) =>
        one.name.includes(wanted) ||
        one.letters.startsWith(wanted) ||
        (wanted !== '' && one.number.endsWith(wanted)),
    )
    return hits.map((one) => one.view)
  }

  /** Members that stand for themselves: those of my grids first, by name. */
  private searchable = $derived.by(() => {
    const own = (view: Shown<MemberBody>) =>
      Number(!(view.body.grid !== null && this.scope.has(view.body.grid)))
    return [...this.members.values()]
      .filter((view) => view.body.aliasOf === null && view.body.standing !== 'LEFT')
      .map((view) => ({
        ...{
          view,
          own: own(view),
          name: view.body.name.toLowerCase(),
          number: view.body.number.toLowerCase(),
        },
        letters: initials(view.body.name),
      }))
      .sort((one, other) => one.own - other.own || one.name.localeCompare(other.name, 'zh-Hans'))
  })

  /** How many of the verdicts somebody should look at. */
  unread = $derived(this.verdicts.filter(needsLooking).length)

  async isMe(member: string | null): Promise<void> {
    await this.tablet.store.step('me', () => this.tablet.store.put({ me: member }))
    this.me = member
  }

  /** What a change that is to be mended had said, while it is known; null where nothing is mended. */
  mending(change: string | null): Pending | null {
    return change === null ? null : (this.verdicts.find((one) => one.id === change)?.raw ?? null)
  }
}

const FINE: ReadonlySet<string> = new Set(['SAVED', 'SENT', 'APPLIED', 'HELD'])

export function needsLooking(one: Verdict): boolean {
  return !one.read && !FINE.has(one.outcome)
}

/** What a redemption asks for: its reward shows it. */
function itemOf(one: Verdict): string {
  const data = (one.raw?.data ?? {}) as { item?: string }
  return data.item ?? ''
}

function collectionOf(documents: Documents, name: string): Map<string, Held> {
  const known = documents.get(name)
  if (known !== undefined) return known
  const made = new Map<string, Held>()
  documents.set(name, made)
  return made
}

/** Why something was not saved, in words for the person who is about to walk on. What was said before is over. */
export function whyNot(error: unknown): string {
  notice.say('')
  if (error instanceof NotKept) return t('failed.full')
  if (error instanceof Erased) return t('failed.erased')
  if (error instanceof NotRecorded) {
    const label = labelOf(error.path)
    return label === null ? t('failed.unreadable.other') : t('failed.unreadable', { field: t(label) })
  }
  return t('failed.other')
}
