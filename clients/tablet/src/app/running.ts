/** The draft of a service that is under way. */
export const RUNNING = 'service running'
