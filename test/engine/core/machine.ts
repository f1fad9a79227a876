// An orchestrator at the end of a string: one input at a time goes in by hand, and what comes out is read as words.
// Its store is a plain list per saga, written only when a test says so.

import type { SagaDefinition } from '../../../engine/core/define-saga.ts';
import {
  type AppendOutput,
  Orchestrator,
  type OrchestratorInput,
  type OrchestratorOutput,
} from '../../../engine/core/orchestrator.ts';
import type { Policy } from '../../../engine/core/policy.ts';
import type { Call, Outcome } from '../../../engine/core/protocol.ts';
import { rowsOf, type StoredEvent } from '../../../engine/core/saga.ts';
import { kindsOf, THREE_TIMES } from './given.ts';

export const APPLIED: Outcome = { kind: 'applied' };
export const REJECTED: Outcome = { kind: 'rejected', failure: 'business', reason: 'no' };
export const NOT_NOW: Outcome = { kind: 'rejected', failure: 'transient', reason: 'not now' };
export const LOST: Outcome = { kind: 'unknown', failure: 'timeout', reason: 'lost' };

export interface MachineOptions {
  readonly epoch?: number;
  readonly policy?: Policy;
  /** The log that is there already. */
  readonly log?: readonly StoredEvent[];
  /** Definitions that it knows beside its own. */
  readonly others?: readonly SagaDefinition[];
}

export class MachineUnderTest {
  readonly machine: Orchestrator;
  readonly definition: SagaDefinition;
  nowUs = 0;
  /** What is durable, of the one saga `s-1`. */
  log: StoredEvent[];
  /** The append that was asked for last. */
  append: AppendOutput | undefined;
  /** The number of the load that was asked for last. */
  load = 0;
  /** Every call that left, by its words. */
  readonly calls = new Map<string, Call>();

  constructor(definition: SagaDefinition, options: MachineOptions = {}) {
    const { epoch = 1, policy = THREE_TIMES, log = [], others = [] } = options;
    this.definition = definition;
    this.log = [...log];
    this.machine = new Orchestrator({ epoch, policy, definitions: [definition, ...others] });
  }

  /** Takes an input; what comes of it, as words, but for wakes. */
  take(input: OrchestratorInput): readonly string[] {
    return this.everything(input).filter((words) => !words.startsWith('wake'));
  }

  /** Takes an input; what comes of it, as words. */
  everything(input: OrchestratorInput): readonly string[] {
    return this.machine.handle(input, this.nowUs).map((output) => {
      if (output.kind === 'append') this.append = output;
      if (output.kind === 'load') this.load = output.number;
      if (output.kind === 'call') this.calls.set(wordsOf(output), output);
      return wordsOf(output);
    });
  }

  create(request?: string, input: unknown = { n: 1 }): readonly string[] {
    const { definition } = this;
    const wish = { kind: 'create', saga: 's-1', definition, input } as const;
    return this.take(request === undefined ? wish : { ...wish, request });
  }

  wish(kind: 'cancel' | 'retry' | 'resume', request?: string): readonly string[] {
    return this.take(request === undefined ? { kind, saga: 's-1' } : { kind, saga: 's-1', request });
  }

  /** Makes the append durable, unless it is, and says so. */
  appended(): readonly string[] {
    this.write();
    return this.answered('appended');
  }

  /** Makes the append durable and says nothing. */
  write(): void {
    const append = this.append!;
    if (this.log.length === append.expectedVersion) this.log.push(...rowsOf(append));
  }

  /** Answers the append that was asked for last, whatever stands in the log. */
  answered(
    kind:
      | 'appended'
      | 'append-failed'
      | 'append-unknown'
      | 'append-conflict'
      | 'append-fenced'
      | 'append-gone'
      | 'append-elsewhere',
  ): readonly string[] {
    return this.take({ kind, append: this.append! });
  }

  loaded(number = this.load): readonly string[] {
    return this.take({ kind: 'loaded', saga: 's-1', number, events: [...this.log] });
  }

  /** Answers a call that has left, named by its words. */
  reply(words: string, outcome: Outcome): readonly string[] {
    const call = this.calls.get(words);
    if (call === undefined) throw new Error(`"${words}" never left`);
    return this.take({ kind: 'reply', call, outcome });
  }

  wake(atUs: number): readonly string[] {
    this.nowUs = atUs;
    return this.take({ kind: 'wake', saga: 's-1' });
  }

  /** Replies, and lets the append that follows be durable: what leaves then. */
  replied(words: string, outcome: Outcome): readonly string[] {
    this.reply(words, outcome);
    return this.appended();
  }
}

/** A saga that was created, durably, with its first calls on the wire. */
export function started(definition: SagaDefinition, options?: MachineOptions): MachineUnderTest {
  const machine = new MachineUnderTest(definition, options);
  machine.create();
  machine.appended();
  return machine;
}

export function wordsOf(output: OrchestratorOutput): string {
  switch (output.kind) {
    case 'append':
      return `append @${output.expectedVersion}: ${kindsOf(output.events).join(', ')}`;
    case 'call':
      return `${output.direction === 'forward' ? 'do' : 'undo'} ${output.step} #${output.attempt}`;
    case 'load':
    case 'halt':
      return output.kind;
    case 'circuit':
      return `circuit ${output.service} ${output.from} > ${output.to}`;
    case 'wake':
      return `wake ${output.atUs}`;
    case 'ended':
      return `ended ${output.status}`;
    case 'answer':
      return [output.request, output.answer, output.reason].filter((word) => word !== undefined).join(' ');
  }
}
