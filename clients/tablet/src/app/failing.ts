// What is kept of a failure that nobody caught.

const FRAMES = 4

export interface Failed {
  /** By the clock of this tablet. */
  at: string
  name: string
  /** Files of the app, lines and columns, the innermost first. */
  frames: string[]
  version: string
}

/** What is kept of a failure. */
export function kept(error: unknown, at: string, version: string): Failed {
  const known = error instanceof Error || error instanceof DOMException
  const stack = known ? (error.stack ?? '') : ''
  const frames = [...stack.matchAll(/([\w.-]+\.(?:js|ts|svelte)):(\d+):(\d+)/g)].map(([frame]) => frame)
  return { at, name: known ? error.name : typeof error, frames: frames.slice(0, FRAMES), version }
}
