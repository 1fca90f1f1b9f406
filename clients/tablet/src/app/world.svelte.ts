// What the screens look at: everything the tablet holds, in memory, with what waits on top. Read once when the
// app starts, then kept up by what each step says it changed; another tab's steps are read anew.

import { Erased, NotKept, NotRecorded } from '../protocol/failures'
import { parseTime } from '../protocol/time'
import type {
  CommunityBody,
  GridBody,
  MemberBody,
  PostBody,
  ServiceBody,
  TicketBody,
  UnitBody,
} from '../protocol/types'
import type { Held } from '../store/database'
import type { News } from '../store/store'
import type { Status, Tablet, Verdict } from '../sync/tablet'
import { root, views, type Body, type Pending, type View } from '../sync/view'
import { initials } from './pinyin'
import { shown } from './when'
import { t } from './words/words.svelte'

/** A thing as a screen shows it, with the fields of its type. */
export type Shown<B> = Omit<View, 'body'> & { body: B }

type Documents = Map<string, Map<string, Held>>

const TICK_MS = 20_000
const CHINA_MINUTES = 480

export class World {
  private held: Documents = new Map()
  private version = $state(0)
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
      void this.take(news)
    })
    this.channel.onmessage = () => void this.readAll()
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

  private async readSmall(): Promise<void> {
    const { tablet } = this
    const [pending, verdicts, status] = await Promise.all([
      tablet.pending(),
      tablet.verdicts(),
      tablet.status(),
    ])
    this.pending = pending as Pending[]
    this.verdicts = verdicts
    this.status = status
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
    await this.readSmall()
  }

  // Time

  /** The hub's time now, as far as this tablet knows. */
  get now(): number {
    return this.wall + (this.status?.offsetMs ?? 0)
  }

  get offsetMinutes(): number {
    return this.community?.utcOffset ?? CHINA_MINUTES
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

  tickets = $derived.by(() => this.views('ticket') as Map<string, Shown<TicketBody>>)
  members = $derived.by(() => this.views('member') as Map<string, Shown<MemberBody>>)
  services = $derived.by(() => this.views('service') as Map<string, Shown<ServiceBody>>)
  posts = $derived.by(() => this.views('post') as Map<string, Shown<PostBody>>)
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

  gridOf(id: string | null): GridBody | undefined {
    return this.grids.find((grid) => grid.id === id)
  }

  /** Members by what is typed: a part of the name, pinyin initials, or the number's last digits. */
  found(typed: string, limit = 60): Shown<MemberBody>[] {
    const wanted = typed.trim().toLowerCase()
    const hits = this.searchable.filter(
      (one) =>
        one.name.includes(wanted) ||
        one.letters.startsWith(wanted) ||
        (wanted !== '' && one.number.endsWith(wanted)),
    )
    return hits.slice(0, limit).map((one) => one.view)
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

  async seen(change: string): Promise<void> {
    const { store } = this.tablet
    await store.step('seen', async () => {
      await store.database.changes.where('id').equals(change).modify({ read: true })
    })
  }
}

const FINE: ReadonlySet<string> = new Set(['SAVED', 'SENT', 'APPLIED', 'HELD'])

export function needsLooking(one: Verdict): boolean {
  return !one.read && !FINE.has(one.outcome)
}

function collectionOf(documents: Documents, name: string): Map<string, Held> {
  const known = documents.get(name)
  if (known !== undefined) return known
  const made = new Map<string, Held>()
  documents.set(name, made)
  return made
}

/** Why something was not saved, in words for the person who is about to walk on. */
export function whyNot(error: unknown): string {
  if (error instanceof NotKept) return t('failed.full')
  if (error instanceof Erased) return t('failed.erased')
  if (error instanceof NotRecorded) return t('failed.unreadable', { path: error.path.replace('$.', '') })
  return t('failed.other')
}
