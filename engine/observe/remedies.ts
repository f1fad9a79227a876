// What may have gone wrong with a saga, in the order of the usual flowchart (pattern, then root cause), and what helps.

/** A root cause; those after `network-timeout` are none that somebody must mend in a service. */
export type DiagnosisClass =
  | 'slow-service'
  | 'resource-contention'
  | 'deadlock'
  | 'inconsistent-state'
  | 'missing-events'
  | 'duplicate-processing'
  | 'incomplete-rollback'
  | 'compensating-failure'
  | 'log-corruption'
  | 'state-loss'
  | 'engine-away'
  | 'service-unavailable'
  | 'network-timeout'
  | 'invalid-request'
  | 'business-refusal'
  | 'cancelled'
  | 'none';

/** The pattern that people see first. */
export type FailurePattern =
  | 'timeout'
  | 'partial-commit'
  | 'compensation-failure'
  | 'coordinator-failure'
  | 'partition'
  | 'refusal'
  | 'none';

export interface Remedy {
  readonly pattern: FailurePattern;
  /** What the class means, as a sentence without its full stop. */
  readonly cause: string;
  readonly remedy: string;
}

export const REMEDIES: Readonly<Record<DiagnosisClass, Remedy>> = {
  'slow-service': {
    pattern: 'timeout',
    cause: 'a service answers too late',
    remedy: 'Make it faster: caches, indexes. Meanwhile a longer call timeout helps, more retries do not.',
  },
  'resource-contention': {
    pattern: 'timeout',
    cause: 'a service has no room for more',
    remedy: 'Add capacity, or send less: a bulkhead or a retry budget in the policy.',
  },
  deadlock: {
    pattern: 'timeout',
    cause: 'transactions of a service wait for each other',
    remedy: 'Take locks in the same order everywhere, and hold them for a shorter time.',
  },
  'inconsistent-state': {
    pattern: 'partial-commit',
    cause: 'the books of a service and the log of the saga differ',
    remedy: 'Reconcile: mend the record of the service by hand, then find out why it answered otherwise.',
  },
  'missing-events': {
    pattern: 'partial-commit',
    cause: 'a service lost what it said that it had done',
    remedy: 'Replay the missing call, under its key; let the service commit before it answers.',
  },
  'duplicate-processing': {
    pattern: 'partial-commit',
    cause: 'a service did the same operation more than once',
    remedy: 'Make it idempotent: keep the key of each operation with its effect (sagastorm/fence).',
  },
  'incomplete-rollback': {
    pattern: 'compensation-failure',
    cause: 'a step that took effect has no undo',
    remedy: 'Give the step a compensation, and undo by hand what stands.',
  },
  'compensating-failure': {
    pattern: 'compensation-failure',
    cause: 'an undo was given up',
    remedy: 'Mend what cannot be undone, then resume the saga: sagastorm repair resume.',
  },
  'log-corruption': {
    pattern: 'coordinator-failure',
    cause: 'the log of the saga is not whole',
    remedy: 'Restore it from a backup; until then let no engine drive the saga.',
  },
  'state-loss': {
    pattern: 'coordinator-failure',
    cause: 'the engine forgot what it did',
    remedy: 'Restore the store; what is missing is known by the services, under the keys of the saga.',
  },
  'engine-away': {
    pattern: 'coordinator-failure',
    cause: 'no engine goes on with it',
    remedy:
      'See whether an engine runs on this store, and knows the definition: it goes on where the log ends.',
  },
  'service-unavailable': {
    pattern: 'partition',
    cause: 'a service is away',
    remedy: 'Bring it back. A circuit breaker in the policy fails fast meanwhile.',
  },
  'network-timeout': {
    pattern: 'partition',
    cause: 'calls to a service, or its answers, get lost',
    remedy:
      'Look at the network between, and whether the service is up at all; a longer timeout or more retries ride it out.',
  },
  'invalid-request': {
    pattern: 'refusal',
    cause: 'a service does not take the request',
    remedy: 'Mend the payload, or the service: sent again it is refused again.',
  },
  'business-refusal': {
    pattern: 'refusal',
    cause: 'a service said no, for reasons of its own',
    remedy: 'Nothing is broken.',
  },
  cancelled: { pattern: 'refusal', cause: 'a person cancelled it', remedy: 'Nothing is broken.' },
  none: { pattern: 'none', cause: 'nothing is wrong with it', remedy: 'Nothing is needed.' },
};

/** Of a service that is away though something answers in its place: it is not brought back by starting it. */
export const SOMETHING_ELSE_ANSWERS: Pick<Remedy, 'cause' | 'remedy'> = {
  cause: 'something else answers at the address of a service, or the service does not let us in',
  remedy:
    'See what answers there: look at the address, at a proxy before it, and at the credentials that are sent.',
};

/** Every class, in the order of the flowchart. */
export const DIAGNOSIS_CLASSES = Object.keys(REMEDIES) as DiagnosisClass[];
