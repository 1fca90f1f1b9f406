// What the linked units owe the communities of a tablet (四个一), for its list of the day.
//
// Pure, and the same in every client: tests/vectors/owed.json holds the examples.

import manifest from '../protocol/manifest.json'
import type { DutyBody, UnitBody } from '../protocol/types'

export type DutyKind = DutyBody['kind']

/** A month, quarter, half-year or year: `2026-11`, `2026-Q4`, `2026-H2`, `2026`; its first and last local day. */
export interface Period {
  code: string
  first: string
  last: string
}

/** `state`: DUE while its period is not over, then OVERDUE; `duty` is the record that it was done by. */
export interface Owed {
  community: string
  unit: string
  kind: DutyKind
  period: string
  first: string
  last: string
  state: 'DONE' | 'DUE' | 'OVERDUE'
  duty: string | null
}

const LETTERS: Readonly<Record<number, string>> = { 3: 'Q', 6: 'H' }
const MONTHS: Readonly<Record<string, number>> = Object.fromEntries(
  Object.entries(manifest.duties).map(([kind, row]) => [kind, row.months]),
)
export const DUTY_KINDS = Object.keys(manifest.duties) as DutyKind[]

const two = (number: number) => String(number).padStart(2, '0')

/** The period of a duty in which a local day lies. */
export function periodOf(kind: string, day: string): Period {
  const months = MONTHS[kind] ?? 1
  const year = day.slice(0, 4)
  const number = Math.floor((Number(day.slice(5, 7)) - 1) / months)
  const end = (number + 1) * months
  const code =
    months === 1 ? day.slice(0, 7) : months === 12 ? year : `${year}-${LETTERS[months]}${number + 1}`
  const days = new Date(Date.UTC(Number(year), end, 0)).getUTCDate()
  return { code, first: `${year}-${two(number * months + 1)}-01`, last: `${year}-${two(end)}-${two(days)}` }
}

/** What is owed on a local day, by unit: each present period, and what is overdue, a year back. `duties`: those that count. */
export function owed(units: readonly UnitBody[], duties: readonly DutyBody[], today: string): Owed[] {
  const done = new Map<string, Map<string, DutyBody>>()
  for (const duty of duties) {
    const whose = `${duty.unit} ${duty.community}`
    done.set(whose, (done.get(whose) ?? new Map()).set(`${duty.kind} ${duty.period}`, duty))
  }
  return units.flatMap((unit) => ofUnit(unit, done.get(`${unit.id} ${unit.community}`) ?? new Map(), today))
}

function ofUnit(unit: UnitBody, done: ReadonlyMap<string, DutyBody>, today: string): Owed[] {
  const began = [...done.values()].map((duty) => periodOf(duty.kind, duty.on).first)
  const since = unit.since ?? began.reduce((one, other) => (one < other ? one : other), today)
  const yearBack = `${two(Number(today.slice(0, 4)) - 1)}${today.slice(4, 8)}01`
  const lines: Owed[] = []
  for (const kind of DUTY_KINDS) {
    let period = periodOf(kind, since > yearBack ? since : yearBack)
    for (; period.first <= today; period = periodOf(kind, after(period.last))) {
      const duty = done.get(`${kind} ${period.code}`)
      const present = period.last >= today
      const state = duty !== undefined ? 'DONE' : present ? 'DUE' : 'OVERDUE'
      if (duty === undefined || present)
        lines.push({
          ...{ community: unit.community, unit: unit.id, kind, period: period.code },
          ...{ first: period.first, last: period.last, state, duty: duty?.id ?? null },
        })
    }
  }
  return lines
}

/** The day after. */
function after(day: string): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + 86_400_000).toISOString().slice(0, 10)
}
