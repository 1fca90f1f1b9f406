// Where what became of a change leads: to the form in which what it said is mended, or to the thing it was about.

import type { Pending } from '../sync/view'

type Where = [screen: string, id?: string]

/** By kind of change, the form that opens with all that it had said. */
const MENDING: Readonly<Record<string, (raw: Pending) => Where>> = {
  'ticket.open': () => ['new'],
  'member.register': () => ['register'],
  'service.record': () => ['service'],
  'activity.open': () => ['activity-new'],
  'duty.record': (raw) => ['duty', raw.data.unit],
  'points.redeem': (raw) => ['person', raw.data.member],
  'whistle.blow': (raw) => ['blow', raw.data.ticket],
  ...Object.fromEntries(
    ['note', 'close', 'cancel', 'reopen', 'pause'].map((step) => [
      `ticket.${step}`,
      (raw: Pending): Where => ['ticket', raw.entity],
    ]),
  ),
  'whistle.answer': (raw) => ['whistle', raw.entity],
  'whistle.meet': (raw) => ['whistle', raw.entity],
}

export const MENDED_KINDS: readonly string[] = Object.keys(MENDING)

export function whereMended(kind: string, raw: Pending): Where | null {
  return MENDING[kind]?.(raw) ?? null
}

/** The screen of the thing itself; `unit` is that of a duty that is held. What is not kept any more leads nowhere. */
export function whereShown(
  kind: string,
  entity: string,
  data: Record<string, any>,
  unit?: string,
): Where | null {
  switch (kind.split('.')[0]) {
    case 'ticket':
    case 'activity':
    case 'whistle':
      return [kind.split('.')[0]!, entity]
    case 'member':
      return ['person', entity]
    case 'service':
      return ['service']
    case 'duty':
      return (unit ?? data.unit) ? ['duty', unit ?? data.unit] : null
    case 'post':
    case 'points':
      return data.member ? ['person', data.member] : null
    default:
      return null
  }
}
