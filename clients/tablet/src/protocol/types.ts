// Written by tools/generate.mjs from schema/schema.graphql and manifest.json; `make fix` brings it up to date.
/* eslint-disable */

// What is said to the hub, and what it answers

export interface Enrolment {
  device: string
  token: string
  scope: (Grid)[]
  epoch: number
}

export interface Grid {
  id: string
  code: string
}

export interface Receipt {
  receivedThrough: number
  settledThrough: number
  durableThrough: number
  settlesAt: string | null
  epoch: number
  quarantined: (Quarantined)[]
}

export interface Quarantined {
  seq: number
  id: string | null
  code: string
}

export interface Page {
  checkpoint: string
  more: boolean
  reset: boolean
  epoch: number
  remaining: number | null
  documents: (Document)[]
  scope: (Grid)[]
  check: (Check)[] | null
}

export interface Document {
  collection: string
  id: string
  rev: number
  state: DocumentState
  body: unknown | null
}

export type DocumentState = 'LIVE' | 'LEFT' | 'GONE'

export interface Check {
  collection: string
  count: number
  digest: string
}

export interface Changed {
  rev: number
}

export interface UploadInput {
  protocol: number
  from: number
  oldest: number
  runs: (RunInput)[]
  changes: (unknown | null)[]
  openings?: (OpeningInput)[] | null
}

export interface RunInput {
  run: number
  offsetMs: number | null
  uncertaintyMs: number | null
}

export interface OpeningInput {
  id: string
  ticket: string
  at: string
  run: number
  by: string | null
}

// What stands in changes and documents

export interface CommunityPut {
  code: string
  name: Bilingual
  kind: 'STREET' | 'VILLAGE'
  utcOffset: number
  workingHours: (WorkingHours)[]
  categories: (Named)[]
  skills: (Named)[]
  policies?: Policies
  holidays?: (string)[]
  workdays?: (string)[]
}

export interface Bilingual {
  zh: string
  en: string
}

export interface WorkingHours {
  days: (number)[]
  from: string
  until: string
}

export interface Named {
  code: string
  name: Bilingual
  icon?: string
  needs?: (string)[]
  within?: number
}

export interface Policies {
  rankIndividuals?: boolean
  contactDays?: number
  escalateHours?: number
  evaluationDays?: number
}

export interface UnitPut {
  code: string
  name: Bilingual
  community: string
  resources?: (string)[]
  since?: string
}

export interface GridPut {
  code: string
  name: Bilingual
  community: string
}

export interface PointRulePut {
  code: string
  name: Bilingual
  per: 'ACTIVITY' | 'HOUR' | 'RATING' | 'SERVICE'
  points: number
  from: string
  until?: string
  community?: string
  dailyCap?: number
  hours?: 'ANY' | 'ON_DUTY' | 'OUT_OF_HOURS'
  categories?: (string)[]
  atLeast?: number
}

export interface PointExpiryPut {
  code: string
  name: Bilingual
  months: number
  on: string
  utcOffset: number
}

export interface MemberRegister {
  unit: string
  number: string
  name: string
  grid?: string
}

export interface MemberPrivate {
  salt: string
  phone?: string | null
}

export interface MemberEdit {
  name?: string
  unit?: string
  number?: string
  standing?: 'ACTIVE' | 'AWAY' | 'LEFT'
  addSkills?: (string)[]
  removeSkills?: (string)[]
}

export interface MemberAssign {
  grid: string
}

export interface MemberMerge {
  into: string
}

export interface Nothing {
}

export interface MemberRequest {
  reason: string
  about?: string
}

export interface TicketOpen {
  grid: string
  category: string
  title: string
  place?: string
  priority?: 'HIGH' | 'LOW' | 'NORMAL' | 'URGENT'
  due?: string
  seats?: number
}

export interface TicketPrivate {
  salt: string
  detail?: string | null
  contact?: Contact | null
}

export interface Contact {
  name?: string
  telephone?: string
  doorstep?: string
}

export interface TicketEdit {
  category?: string
  title?: string
  place?: string | null
  priority?: 'HIGH' | 'LOW' | 'NORMAL' | 'URGENT'
  due?: string | null
  seats?: number
  grid?: string
  addTags?: (string)[]
  removeTags?: (string)[]
}

export interface TicketDispatch {
  member?: string
  unit?: string
  post?: string
  several?: (DispatchTarget)[]
}

export interface DispatchTarget {
  member?: string
  unit?: string
  post?: string
}

export interface TicketStep {
  member: string
}

export interface TicketRelease {
  member: string
  reason: string
}

export interface TicketClose {
  rating?: number
}

export interface TicketClosePrivate {
  salt: string
  words?: string | null
}

export interface TicketRate {
  rating: number
  round: number
}

export interface WithReason {
  reason: string
}

export interface TicketPause {
  reason: string
  until?: string
}

export interface NotePrivate {
  salt: string
  text: string | null
}

export interface TicketRedact {
  fields: ('contact' | 'detail' | 'notes' | 'words')[]
}

export interface ServiceRecord {
  member: string
  start: Moment
  end: Moment
  ticket?: string
  activity?: string
}

export interface Moment {
  at: string
  run: number
}

export interface ServicePrivate {
  salt: string
  summary?: string | null
  place?: Place | null
}

export interface Place {
  lat: number
  lon: number
}

export interface ServiceLink {
  ticket?: string
  activity?: string
}

export interface PointsRedeem {
  member: string
  points: number
  reward: string
  item?: string
}

export interface PointsAdjust {
  member: string
  points: number
  reason: string
}

export interface PointsRecount {
  community: string
  from: string
  until: string
  reason: string
  rule?: string
}

export interface PostPut {
  code: string
  name: Bilingual
  community: string
  seats: number
  from: string
  until?: string
  grid?: string
  skills?: (string)[]
}

export interface Who {
  member: string
}

export interface TeamPut {
  code: string
  name: Bilingual
  community: string
  theme?: string
}

export interface ActivityOpen {
  community: string
  title: string
  start: string
  end: string
  grid?: string
  team?: string
  category?: string
  place?: string
}

export interface DutyRecord {
  unit: string
  community: string
  kind: 'CONTACT' | 'SUMMARY' | 'SURVEY' | 'TALK'
  on?: string
  topic?: string
}

export interface EvaluationSubmit {
  member: string
  community: string
  period: string
  grade: 'BASIC' | 'EXCELLENT' | 'QUALIFIED' | 'UNQUALIFIED'
}

export interface EvaluationPrivate {
  salt: string
  words?: string | null
}

export interface RewardPut {
  code: string
  name: Bilingual
  community: string
  points: number
  from: string
  until?: string
  stock?: number
}

export interface WhistleBlow {
  ticket: string
  lead: string
  departments: (string)[]
  deadline: string
}

export interface WhistleAnswer {
  answer: 'COMING' | 'DECLINED' | 'DONE'
  department?: string
  part?: string
}

export interface WhistleMeet {
  met: string
  present: (string)[]
  record: string
}

export interface ConflictRule {
  stands: string | null
  reason: string
}

export interface DeviceAssign {
  grids: (string)[]
}

export interface Envelope {
  id: string
  at: string
  run: number
  saw: number
  kind: string
  entity: string
  by: string | null
  data: Record<string, unknown>
  private?: Record<string, unknown>
}

export interface VerdictBody {
  id: string
  change: string
  seq: number
  outcome: Result
  code: string
  rule: string | null
  sentence: Said
  stands: Record<string, unknown> | null
}

export type Result = 'APPLIED' | 'DUPLICATE' | 'HELD' | 'LOST' | 'MERGED' | 'QUARANTINED' | 'REJECTED' | 'REVIEW' | 'SUPERSEDED'

export interface Said {
  zh: string
  en: string
}

export interface CommunityBody {
  id: string
  code: string
  name: Bilingual
  kind: 'STREET' | 'VILLAGE'
  utcOffset: number
  workingHours: (WorkingHours)[]
  categories: (Named)[]
  skills: (Named)[]
  policies: Policies
  holidays: (string)[]
  workdays: (string)[]
}

export interface UnitBody {
  id: string
  code: string
  name: Bilingual
  community: string
  resources: (string)[]
  since: string | null
}

export interface GridBody {
  id: string
  code: string
  name: Bilingual
  community: string
}

export interface MemberBody {
  id: string
  community: string
  unit: string
  number: string
  name: string
  grid: string | null
  standing: 'ACTIVE' | 'AWAY' | 'LEFT'
  skills: (string)[]
  phone: string | null
  aliasOf: string | null
  points: number
  registeredAt: string
}

export interface TicketBody {
  id: string
  community: string
  grid: string
  category: string
  title: string
  place: string | null
  priority: 'HIGH' | 'LOW' | 'NORMAL' | 'URGENT'
  due: string | null
  seats: number
  tags: (string)[]
  detail: string | null
  contact: Contact | null
  notes: (NoteBody)[]
  state: 'ACCEPTED' | 'CANCELLED' | 'CLOSED' | 'DISPATCHED' | 'DONE' | 'IN_PROGRESS' | 'OPEN'
  round: number
  takers: (TakerBody)[]
  reserved: TicketDispatch | null
  rating: number | null
  words: string | null
  openedAt: string
  opener: string | null
  doneAt: string | null
  closedAt: string | null
  dueAt: string | null
  escalation: 0 | 1 | 2
  pause: PauseBody | null
  pauses: (PauseBody)[]
}

export interface NoteBody {
  id: string
  kind: string
  at: string
  by: string | null
  text: string | null
  reason: string | null
}

export interface TakerBody {
  member: string
  since: string
  change: string
}

export interface PauseBody {
  change: string
  kind: 'ticket.pause' | 'ticket.resume'
  at: string
  by: string | null
  reason: string | null
  until: string | null
}

export interface ServiceBody {
  id: string
  community: string
  grid: string | null
  member: string
  ticket: string | null
  activity: string | null
  category: string | null
  start: string
  end: string
  onDuty: boolean
  state: 'COUNTED' | 'DUPLICATE' | 'REVIEW' | 'SET_ASIDE' | 'VOID'
  summary: string | null
  place: Place | null
  by: string | null
  recordedAt: string
  reason: string | null
}

export interface PostBody {
  id: string
  community: string
  grid: string | null
  code: string
  name: Bilingual
  seats: number
  skills: (string)[]
  from: string
  until: string | null
  holders: (HolderBody)[]
}

export interface HolderBody {
  member: string
  since: string
  until: string | null
  term: string | null
  change: string
}

export interface TeamBody {
  id: string
  community: string
  code: string
  name: Bilingual
  theme: string | null
  members: (HolderBody)[]
  points: number
}

export interface ActivityBody {
  id: string
  community: string
  grid: string | null
  team: string | null
  title: string
  category: string | null
  place: string | null
  start: string
  end: string
  onDuty: boolean
  members: (TakerBody)[]
  sameAs: string | null
  openedAt: string
  opener: string | null
}

export interface DutyBody {
  id: string
  community: string
  unit: string
  kind: 'CONTACT' | 'SUMMARY' | 'SURVEY' | 'TALK'
  period: string
  on: string
  topic: string | null
  state: 'COUNTED' | 'FURTHER' | 'VOID'
  by: string | null
  recordedAt: string
  reason: string | null
}

export interface RewardBody {
  id: string
  community: string
  code: string
  name: Bilingual
  points: number
  stock: number | null
  given: number
  from: string
  until: string | null
}

export interface WhistleBody {
  id: string
  community: string
  ticket: string
  round: number
  lead: string
  deadline: string
  state: 'ANSWERED' | 'CALLED' | 'DONE' | 'ESCALATED' | 'JOINED' | 'OVERDUE'
  whistle: string | null
  calls: (CallBody)[]
  meetings: (MeetingBody)[]
  blownAt: string
  blower: string | null
}

export interface CallBody {
  unit: string | null
  answer: 'COMING' | 'DECLINED' | 'DONE' | null
  part: string | null
  at: string | null
  by: string | null
  answered: string | null
  late: boolean
  overdue: boolean
}

export interface MeetingBody {
  id: string
  met: string
  present: (string)[]
  record: string
  at: string
  by: string | null
}

export interface EvaluationBody {
  id: string
  community: string
  member: string
  grid: string | null
  period: string
  grade: 'BASIC' | 'EXCELLENT' | 'QUALIFIED' | 'UNQUALIFIED' | null
  words: string | null
  state: 'CLOSED' | 'OPEN' | 'REVIEW' | 'SET_ASIDE'
  by: string | null
  decidedAt: string | null
  closedAt: string | null
}

export interface AdjustmentBody {
  id: string
  community: string
  grid: string | null
  member: string
  points: number
  reason: string
  state: 'CONFIRMED' | 'PROPOSED' | 'WITHDRAWN'
  by: string | null
  at: string
  decidedAt: string | null
  decider: string | null
  why: string | null
}

/** The body of a document, by its collection. */
export interface Bodies {
  community: CommunityBody
  unit: UnitBody
  grid: GridBody
  member: MemberBody
  ticket: TicketBody
  service: ServiceBody
  post: PostBody
  team: TeamBody
  activity: ActivityBody
  duty: DutyBody
  reward: RewardBody
  whistle: WhistleBody
  evaluation: EvaluationBody
  adjustment: AdjustmentBody
  verdict: VerdictBody
}

/** The data of a change, by its kind. */
export interface Kinds {
  'community.put': CommunityPut
  'unit.put': UnitPut
  'grid.put': GridPut
  'pointRule.put': PointRulePut
  'pointExpiry.put': PointExpiryPut
  'member.register': MemberRegister
  'member.edit': MemberEdit
  'member.assign': MemberAssign
  'member.merge': MemberMerge
  'member.split': Nothing
  'member.request': MemberRequest
  'ticket.open': TicketOpen
  'ticket.edit': TicketEdit
  'ticket.dispatch': TicketDispatch
  'ticket.claim': TicketStep
  'ticket.decline': TicketStep
  'ticket.release': TicketRelease
  'ticket.start': TicketStep
  'ticket.finish': TicketStep
  'ticket.close': TicketClose
  'ticket.rate': TicketRate
  'ticket.cancel': WithReason
  'ticket.reopen': WithReason
  'ticket.pause': TicketPause
  'ticket.resume': Nothing
  'ticket.note': Nothing
  'ticket.redact': TicketRedact
  'service.record': ServiceRecord
  'service.link': ServiceLink
  'service.void': WithReason
  'points.redeem': PointsRedeem
  'points.adjust': PointsAdjust
  'points.confirm': Nothing
  'points.withdraw': WithReason
  'points.recount': PointsRecount
  'post.put': PostPut
  'post.take': Who
  'post.leave': Who
  'team.put': TeamPut
  'team.join': Who
  'team.leave': Who
  'activity.open': ActivityOpen
  'activity.join': Who
  'duty.record': DutyRecord
  'duty.void': WithReason
  'evaluation.submit': EvaluationSubmit
  'reward.put': RewardPut
  'whistle.blow': WhistleBlow
  'whistle.answer': WhistleAnswer
  'whistle.meet': WhistleMeet
  'conflict.rule': ConflictRule
  'device.assign': DeviceAssign
}
