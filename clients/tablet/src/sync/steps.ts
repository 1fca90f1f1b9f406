// The rows of the rule book that an optimistic view looks up, read off the manifest.
// What a pending step shows is decided here and nowhere else.

import manifest from '../protocol/manifest.json'

/** What a move of the table does to what a screen shows; every other one shows nothing before the verdict. */
const SHOWN: Record<string, string> = {
  apply: 'apply',
  'apply and review': 'apply',
  seat: 'seat',
  'give back': 'give back',
  note: 'note',
  'done already': 'note',
}

/** `seen` and `unseen` say what the step does; an empty word, that it changes nothing to be shown. */
export interface Step {
  to: string
  seen: string
  unseen: string
}

export const STATES: Readonly<Record<string, number>> = manifest.states

/** (kind, state) -> what happens, under `kind state`. */
export const STEPS: ReadonlyMap<string, Step> = new Map(
  manifest.transitions.map((row) => [
    `${row.kind} ${row.state}`,
    { to: row.to, seen: SHOWN[row.seen] ?? '', unseen: SHOWN[row.unseen] ?? '' },
  ]),
)

/** Fields of a member that a tablet can only propose. */
export const PROPOSED: ReadonlySet<string> = new Set(
  manifest.fields.filter((row) => row.thing === 'member' && row.rule === 'district').map((row) => row.field),
)

/** Whether a step may be offered to somebody who sees a ticket in this state. */
export function isPossible(kind: string, state: string): boolean {
  const step = STEPS.get(`${kind} ${state}`)
  return step !== undefined && step.seen !== '' && step.seen !== 'note'
}
