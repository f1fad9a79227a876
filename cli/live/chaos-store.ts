// The store of a run for real, between which and the orchestrator faults strike: appends that fail, are slow, or are
// written and said not to be.

import type { AppendOutput, LoadOutput } from '../../engine/core/orchestrator.ts';
import type { EpochSink, InputSink, Store } from '../../engine/core/ports.ts';
import type { AppendFate } from '../../simulator/faults/fault.ts';
import { indexOf, type LiveFaults } from './live-faults.ts';
import type { ProcessFaults } from './process-faults.ts';

export interface ChaosStoreParts {
  readonly inner: Store;
  readonly faults: LiveFaults;
  readonly process: ProcessFaults;
}

export class ChaosStore implements Store {
  readonly #parts: ChaosStoreParts;
  /** Tries of the append after the version at hand, by saga. */
  readonly #tries = new Map<string, { version: number; tries: number }>();

  constructor(parts: ChaosStoreParts) {
    this.#parts = parts;
  }

  append(append: AppendOutput, answers: InputSink): void {
    const { process, faults } = this.#parts;
    const { saga, expectedVersion, events } = append;
    const isUndo = events.some(({ kind }) => kind.includes('compensat'));
    const direction = isUndo ? 'compensation' : 'forward';
    const point = { place: 'append', x: indexOf(saga), y: expectedVersion, z: this.#try(append) } as const;
    process.meet('before-append', { ...point, place: 'before-append' }, direction);
    const fate: AppendFate = { answer: 'truthful', delayUs: 0, restart: false };
    const struck = faults.strike('append', point, fate);
    const said = struck.filter(({ kind }) => kind === 'append-slow' || kind === KIND_OF[fate.answer]);
    faults.delivered(said, isUndo ? 'compensating' : 'running');
    if (fate.delayUs > 0) setTimeout(() => this.#land(append, fate, answers), faults.ms(fate.delayUs));
    else this.#land(append, fate, answers);
    process.meet('after-append', { ...point, place: 'after-append' }, direction);
  }

  #try({ saga, expectedVersion: version }: AppendOutput): number {
    const known = this.#tries.get(saga);
    const tries = known?.version === version ? known.tries + 1 : 1;
    this.#tries.set(saga, { version, tries });
    return tries;
  }

  /** Never answers before it returns: no store does that for an append that failed on its way. */
  #land(append: AppendOutput, { answer }: AppendFate, answers: InputSink): void {
    if (answer === 'failed') {
      setImmediate(() => answers.input({ kind: 'append-failed', append }));
      return;
    }
    const isHidden = answer === 'unknown';
    this.#parts.inner.append(append, {
      input: (input) =>
        answers.input(
          isHidden && input.kind === 'appended' ? { kind: 'append-unknown', append: input.append } : input,
        ),
    });
  }

  load(load: LoadOutput, answers: InputSink): void {
    this.#parts.inner.load(load, answers);
  }

  open(partition: string, answers: EpochSink): void {
    this.#parts.inner.open(partition, answers);
  }
}

const KIND_OF = { truthful: undefined, failed: 'append-fails', unknown: 'append-unknown' } as const;
