// What the fields of a change are called on the screens: whoever is told that one is not right finds it by that.

import type { Word } from './words/zh'

const LABELS: Readonly<Record<string, Word>> = {
  ...{ title: 'new.line', category: 'ticket.category', grid: 'ticket.grid', place: 'ticket.place' },
  ...{ priority: 'ticket.priority', due: 'ticket.due.label', detail: 'ticket.detail', seats: 'ticket.seats' },
  ...{
    telephone: 'ticket.contact.telephone',
    doorstep: 'ticket.contact.doorstep',
    contact: 'ticket.contact',
  },
  ...{ reason: 'ticket.reason', note: 'ticket.note', text: 'ticket.note', rating: 'ticket.rating' },
  ...{ comment: 'ticket.note', number: 'person.number', unit: 'person.unit', phone: 'person.phone' },
  ...{ name: 'register.name', standing: 'person.standing', member: 'ticket.choose' },
  ...{ start: 'service.from', end: 'service.until', summary: 'service.summary', ticket: 'ticket.title' },
  ...{ activity: 'activity.title', team: 'activity.team', on: 'duty.on', topic: 'duty.topic' },
  ...{ kind: 'duty.what', deadline: 'whistle.deadline', lead: 'whistle.leads', part: 'whistle.part' },
  ...{ units: 'whistle.others', calls: 'whistle.others', agreed: 'whistle.agreed' },
  ...{ present: 'whistle.present', met: 'whistle.met', points: 'person.points', reward: 'reward.title' },
}

/** The label of what a path names, `$.data.title`; null where no field of a screen is that. */
export function labelOf(path: string): Word | null {
  const steps = path.split(/[.[\]]+/).filter(Boolean)
  // The name of somebody to be asked for at a door is none of a member.
  if (steps.at(-1) === 'name' && steps.includes('contact')) return 'ticket.contact.name'
  if (steps[1] !== 'data' && steps[1] !== 'private') return null
  for (const step of steps.slice(2).reverse()) {
    const label = Object.hasOwn(LABELS, step) ? LABELS[step] : undefined
    if (label !== undefined) return label
  }
  return null
}
