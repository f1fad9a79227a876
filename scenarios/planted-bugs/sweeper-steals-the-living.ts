// A sweeper takes every saga that was not written for a while for abandoned, and drives it on. But it may only be
// slow: its worker waits for an answer, or for the next attempt, and goes on beside the thief; and since a save
// replaces whatever is there, nobody is told. A saga manager in Python, `recover_incomplete_sagas`: `updated_at < now - 5
// minutes`, and `save_saga_state`: `ON CONFLICT DO UPDATE`. A storm lasts a minute here, so it is 15 seconds
// instead of five minutes.

import type { OrchestratorInput, OrchestratorOptions, OrchestratorOutput } from '../../engine/index.ts';
import type { Engine } from '../../simulator/index.ts';
import { PlainEngine } from './plain-engine.ts';
import { NEVER } from './plain-job.ts';
import { plantedBug } from './planted-bug.ts';
import { shopPair } from './shop.ts';

const IDLE_US = 15_000_000;
const SWEEPER_NUMBERS = 1_000_000;

/** What the process knows of a saga beside its two engines. */
interface Watch {
  writtenAtUs: number;
  stolen: boolean;
  /** How many of its drivers have come to an end. */
  ended: number;
  /** When the worker, and when the sweeper, want to be woken. */
  readonly dueAtUs: [number, number];
}

class SweepingProcess implements Engine {
  readonly #engines: readonly [worker: PlainEngine, sweeper: PlainEngine];
  readonly #watches = new Map<string, Watch>();

  constructor(options: OrchestratorOptions) {
    this.#engines = [new PlainEngine(options), new PlainEngine(options, SWEEPER_NUMBERS)];
  }

  handle(input: OrchestratorInput, nowUs: number): readonly OrchestratorOutput[] {
    const [worker, sweeper] = this.#engines;
    const outputs = this.#watched(0, worker.handle(input, nowUs), nowUs);
    const isOfSaga =
      input.kind === 'reply' || input.kind === 'wake' || 'append' in input || 'number' in input;
    if (isOfSaga) outputs.push(...this.#watched(1, sweeper.handle(input, nowUs), nowUs));
    const saga = input.kind === 'wake' ? input.saga : undefined;
    const watch = saga === undefined ? undefined : this.#watches.get(saga);
    if (saga !== undefined && watch !== undefined && !watch.stolen && watch.writtenAtUs + IDLE_US <= nowUs) {
      watch.stolen = true;
      outputs.push(...this.#watched(1, sweeper.handle({ kind: 'resume', saga }, nowUs), nowUs));
    }
    return outputs;
  }

  /** There is one wake per saga: it comes when the first of those who watch it wants it. */
  #watched(who: 0 | 1, outputs: readonly OrchestratorOutput[], nowUs: number): OrchestratorOutput[] {
    return outputs.flatMap((output) => {
      if (output.kind === 'call' || output.kind === 'answer') return [output];
      if (output.kind === 'halt' || output.kind === 'circuit') return [output];
      const watch = this.#watchOf(output.saga, nowUs);
      if (output.kind === 'append') watch.writtenAtUs = nowUs;
      if (output.kind === 'ended') return ++watch.ended < (watch.stolen ? 2 : 1) ? [] : this.#end(output);
      if (output.kind !== 'wake') return [output];
      watch.dueAtUs[who] = output.atUs;
      const sweepAtUs = watch.stolen ? NEVER : watch.writtenAtUs + IDLE_US;
      const due = [...watch.dueAtUs, sweepAtUs].filter((atUs) => atUs >= nowUs);
      return [{ ...output, atUs: Math.min(...due) }];
    });
  }

  #watchOf(saga: string, nowUs: number): Watch {
    const known = this.#watches.get(saga);
    if (known !== undefined) return known;
    const watch: Watch = { writtenAtUs: nowUs, stolen: false, ended: 0, dueAtUs: [NEVER, NEVER] };
    this.#watches.set(saga, watch);
    return watch;
  }

  #end(output: OrchestratorOutput & { readonly saga: string }): OrchestratorOutput[] {
    this.#watches.delete(output.saga);
    return [output];
  }
}

export const bug = plantedBug({
  how: 'A saga that is only slow is taken for abandoned: from then on two drive it, and both write',
  mended: 'Who takes a saga over opens a new epoch, and the old writer is fenced (E10)',
  lookFor:
    'Look at what makes a saga count as abandoned. If it is a time, the owner must be fenced before another goes on.',
  reading: 'Kleppmann, _Designing Data-Intensive Applications_, 2017, chapter 8, on fencing tokens',
  caughtBy: ['log-is-state', 'status-is-true', 'all-or-nothing'],
  trigger: ['fail-before', 'pause', 'drop-request'],
  seenIn: 'a saga manager in Python (recover_incomplete_sagas, save_saga_state)',
  ...shopPair({
    name: 'sweeper-steals-the-living',
    title: 'A sweeper drives on what its worker has not let go of',
    engine: (options) => new SweepingProcess(options),
    accepts: ({ epoch }, stored) => epoch >= stored.epoch,
  }),
});

export default bug.wrong;
