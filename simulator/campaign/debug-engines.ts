// Stands between the world and the engines of a run, and hears what goes in and comes out: which life sent a call, and
// which wrote an append. It hands everything on as it is.

import type { AppendOutput } from '../../engine/core/orchestrator.ts';
import {
  Orchestrator,
  type OrchestratorInput,
  type OrchestratorOptions,
} from '../../engine/core/orchestrator.ts';
import type { Call } from '../../engine/core/protocol.ts';
import type { Engine, Variant } from '../scenario.ts';
import type { Lanes } from './debug-lanes.ts';

type MakeEngine = NonNullable<Variant['engine']>;

export class EngineWatch {
  readonly #epochs = new WeakMap<object, number>();
  /** Appends on their way, by saga. */
  readonly #underWay = new Map<string, AppendOutput[]>();
  readonly #onInput: (epoch: number, input: OrchestratorInput) => void;
  #disposed: number | undefined;

  constructor(onInput: (epoch: number, input: OrchestratorInput) => void) {
    this.#onInput = onInput;
  }

  /** The same engines, heard. */
  heard(make: MakeEngine = (options) => new Orchestrator(options)): MakeEngine {
    return (options: OrchestratorOptions): Engine => {
      const engine = make(options);
      const { epoch } = options;
      return {
        handle: (input, nowUs) => {
          this.#onInput(epoch, input);
          const outputs = engine.handle(input, nowUs);
          for (const output of outputs) {
            if (output.kind === 'call') this.#epochs.set(output, epoch);
            if (output.kind === 'append') this.#appends(output, epoch);
          }
          return outputs;
        },
        dispose: () => {
          this.#disposed = epoch;
          engine.dispose?.();
        },
      };
    };
  }

  #appends(append: AppendOutput, epoch: number): void {
    this.#epochs.set(append, epoch);
    const underWay = this.#underWay.get(append.saga);
    if (underWay === undefined) this.#underWay.set(append.saga, [append]);
    else underWay.push(append);
  }

  /** The life that just ended, told once. */
  lastDisposed(): number | undefined {
    const epoch = this.#disposed;
    this.#disposed = undefined;
    return epoch;
  }

  laneOfCall(call: Call, lanes: Lanes): string | undefined {
    const epoch = this.#epochs.get(call);
    return epoch === undefined ? undefined : lanes.ofEpoch(epoch);
  }

  epochOf(append: AppendOutput): number {
    return this.#epochs.get(append) ?? append.epoch;
  }

  /**
   * The append that reached the store: the durable one where it is known, otherwise the first that could be it.
   *
   * @param events how many it holds, or -1 when that is not known
   */
  landed(
    saga: string,
    expectedVersion: number,
    events: number,
    durable: AppendOutput | undefined,
  ): AppendOutput | undefined {
    const underWay = this.#underWay.get(saga) ?? [];
    const matches = (append: AppendOutput): boolean =>
      append.expectedVersion === expectedVersion && (events < 0 || append.events.length === events);
    const at = durable === undefined ? underWay.findIndex(matches) : underWay.indexOf(durable);
    if (at < 0) return durable;
    const [append] = events < 0 ? [underWay[at]] : underWay.splice(at, 1);
    return append;
  }
}
