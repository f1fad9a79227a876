// The protocols that a scenario may run under, by name; what they make of a scenario is protocol.ts.

/** How the steps of a transaction are brought together. */
export const PROTOCOLS = ['saga', 'choreography', '2pc'] as const;

/**
 * `saga`: an orchestrator does step by step, and undoes. `choreography`: services react to one another's events. `2pc`:
 * prepared under locks, then committed or rolled back.
 */
export type Protocol = (typeof PROTOCOLS)[number];
