// Times as people of the community read them, whatever zone the tablet is set to.

const pad = (number: number) => String(number).padStart(2, '0')

/** A moment as its year, month, day, hour and minute in the community. */
function parts(ms: number, offsetMinutes: number) {
  const at = new Date(ms + offsetMinutes * 60_000)
  const date = `${at.getUTCFullYear()}-${pad(at.getUTCMonth() + 1)}-${pad(at.getUTCDate())}`
  return {
    date,
    day: `${at.getUTCMonth() + 1}-${at.getUTCDate()}`,
    clock: `${pad(at.getUTCHours())}:${pad(at.getUTCMinutes())}`,
  }
}

/** `09:10` of today, `3-16 09:10` of another day. */
export function shown(ms: number, now: number, offsetMinutes: number): string {
  const [at, today] = [parts(ms, offsetMinutes), parts(now, offsetMinutes)]
  return at.date === today.date ? at.clock : `${at.day} ${at.clock}`
}

/** The local day of a moment: `2026-11-23`. */
export function dayOf(ms: number, offsetMinutes: number): string {
  return parts(ms, offsetMinutes).date
}

/** The value of an `<input type="datetime-local">`, and back. */
export function toInput(ms: number, offsetMinutes: number): string {
  const at = parts(ms, offsetMinutes)
  return `${at.date}T${at.clock}`
}

export function fromInput(text: string, offsetMinutes: number): number | null {
  const ms = Date.parse(`${text}:00.000Z`)
  return Number.isNaN(ms) ? null : ms - offsetMinutes * 60_000
}
