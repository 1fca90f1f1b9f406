// Times as they travel: `YYYY-MM-DDTHH:MM:SS.sssZ`, and milliseconds since 1970 within.

const TIME = /^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z$/

/** Milliseconds since 1970; RangeError where there is no such time (there is no 30 February). */
export function parseTime(text: string): number {
  const milliseconds = TIME.test(text) ? Date.parse(text) : NaN
  if (Number.isNaN(milliseconds) || new Date(milliseconds).toISOString() !== text)
    throw new RangeError('not a time of the wire')
  return milliseconds
}

/** A time as it travels; RangeError outside the years 0 to 9999. */
export function formatTime(milliseconds: number): string {
  const text = new Date(milliseconds).toISOString()
  if (!TIME.test(text)) throw new RangeError('not a time of the wire')
  return text
}
