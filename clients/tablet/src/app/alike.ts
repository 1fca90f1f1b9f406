// What sounds alike, so that nobody opens twice what is there: two lines of text by the pairs of letters in them.

import type { ActivityBody } from '../protocol/types'
import { dayOf } from './when'

const ALIKE = 0.5
const AT_MOST = 3

export function pairs(text: string): Set<string> {
  const letters = Array.from(text.replace(/[\s\p{P}]/gu, '').toLowerCase())
  return new Set(letters.slice(1).map((letter, index) => `${letters[index]}${letter}`))
}

/** How much of the shorter one is in the other, 0 to 1. */
export function likeness(one: Set<string>, other: Set<string>): number {
  const both = [...one].filter((pair) => other.has(pair)).length
  return both / Math.max(1, Math.min(one.size, other.size))
}

/** A session as somebody is about to open it; what is blank was not said. */
export type Session = Pick<ActivityBody, 'community' | 'grid' | 'title' | 'start' | 'end'> & {
  team: string
  category: string
}

/**
 * Sessions that are held already, the likest first: of the same day, there or for the whole community, of the same
 * team, of the same kind at the same time, or called alike. One that is taken for another is shown as that one.
 */
export function sessionsAlike<V extends { id: string; body: ActivityBody }>(
  opening: Session,
  held: Iterable<V>,
  offsetMinutes: number,
): V[] {
  const words = pairs(opening.title)
  const day = (time: string) => dayOf(Date.parse(time), offsetMinutes)
  const like = ({ body }: V): number => {
    if (body.sameAs !== null || body.community !== opening.community) return 0
    if (body.grid !== opening.grid && body.grid !== null && opening.grid !== null) return 0
    if (day(body.start) !== day(opening.start)) return 0
    if (opening.team !== '' && body.team !== null && body.team !== opening.team) return 0
    const together = body.start < opening.end && opening.start < body.end
    const kind = together && opening.category !== '' && body.category === opening.category
    const own = Number(opening.team !== '' && body.team === opening.team) + Number(kind)
    const titled = likeness(words, pairs(body.title))
    return own > 0 || titled > ALIKE ? own + titled : 0
  }
  return [...held]
    .map((view) => ({ view, alike: like(view) }))
    .filter((one) => one.alike > 0)
    .sort((one, other) => other.alike - one.alike)
    .slice(0, AT_MOST)
    .map((one) => one.view)
}
