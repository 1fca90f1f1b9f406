// Units with what they owe, the most overdue first.

import type { UnitBody } from '../protocol/types'
import type { Owed } from '../sync/duties'

export interface Owing {
  unit: UnitBody
  lines: Owed[]
}

/** Each unit that owes something and has not done it; with `all` those too that have done everything. */
export function owing(units: readonly UnitBody[], owed: readonly Owed[], all = false): Owing[] {
  const byUnit = new Map<string, Owed[]>()
  for (const one of owed) byUnit.set(one.unit, [...(byUnit.get(one.unit) ?? []), one])
  const overdue = (one: Owing) => one.lines.filter((line) => line.state === 'OVERDUE').length
  return units
    .map((unit) => ({ unit, lines: byUnit.get(unit.id) ?? [] }))
    .filter(({ lines }) => lines.length > 0 && (all || lines.some((line) => line.state !== 'DONE')))
    .sort((one, other) => overdue(other) - overdue(one) || (one.unit.code < other.unit.code ? -1 : 1))
}
