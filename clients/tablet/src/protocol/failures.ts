// What can go wrong between a tablet and the hub, as types; a caller goes by the type and its code.
// Nothing here carries what a person wrote: codes, paths and numbers only.

/** Anything that this app foresees. Whatever is not one of these is a bug. */
export class Failure extends Error {
  constructor(message?: string) {
    super(message)
    this.name = new.target.name
  }
}

/** No answer that can be used: the network, a time-out, a five-hundred, half an answer. Try again later. */
export class Unreachable extends Failure {}

/** Something was answered, and it is of no use: the way is there, so another question may fare better. */
export class Unanswered extends Unreachable {}

/** The hub answered with a code, and details such as `expected`, `oldest`, `newest`. */
export class Refused extends Failure {
  constructor(
    readonly code: string,
    readonly details: Record<string, unknown> = {},
  ) {
    super(code)
  }

  /** A detail that is a whole number, or null where it is missing or something else. */
  number(name: string): number | null {
    const value = this.details[name]
    return typeof value === 'number' && Number.isSafeInteger(value) ? value : null
  }
}

/** A change that was not kept, with a code and the path of what is wrong; never a value. */
export class NotRecorded extends Failure {
  constructor(
    readonly code: string,
    readonly path: string,
  ) {
    super(`${code} at ${path}: nothing was recorded`)
  }
}

/** The database could not take it: a full disk, or a broken one. Nothing of that step was kept. */
export class NotKept extends Failure {}

/** This tablet was revoked and has erased itself; it can only be enrolled anew. */
export class Erased extends Failure {}

/** A meeting with the hub is under way, here or in another tab; there is one at a time. */
export class Busy extends Failure {}

/** A file from a stick that is not what it should be: broken, foreign, or not for this tablet. */
export class BadFile extends Failure {}

/** After a reset, what is held still is not what the hub says. Somebody has to look. */
export class Disagreement extends Failure {}
