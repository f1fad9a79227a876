// What the host must do after one input, in order. The places of the list are used again: nearly every input has one
// output or two.

import type { Answer, OrchestratorOutput } from './orchestrator-messages.ts';
import type { SagaSlot } from './saga-slot.ts';

const KEPT = 1_000;

export class Outputs {
  readonly #list: OrchestratorOutput[] = [];
  #count = 0;

  emit(output: OrchestratorOutput): void {
    this.#list[this.#count++] = output;
  }

  /** Asks for a wake of the saga, unless an earlier one was asked for. */
  wakeBy(slot: SagaSlot, atUs: number): void {
    if (slot.wakeAtUs >= 0 && slot.wakeAtUs <= atUs) return;
    slot.wakeAtUs = atUs;
    this.emit({ kind: 'wake', saga: slot.saga, atUs });
  }

  /** All that were emitted since the last time. */
  take(): readonly OrchestratorOutput[] {
    const list = this.#list;
    const count = this.#count;
    this.#count = 0;
    if (count === 1) return [list[0]!]; // a literal is the fastest list
    if (count === 2) return [list[0]!, list[1]!];
    const taken = list.slice(0, count);
    if (list.length > KEPT) this.clear(); // a recovery of thousands must not be kept alive
    return taken;
  }

  clear(): void {
    this.#list.length = 0;
    this.#count = 0;
  }

  /** Tells whoever asked, if somebody wants to know. */
  answer(saga: string, request: string | undefined, answer: Answer, reason?: string): void {
    if (request === undefined) return;
    this.emit({ kind: 'answer', saga, request, answer, reason });
  }

  /** Tells all who asked for the saga to be created. */
  answerAll(slot: SagaSlot, answer: Answer, reason?: string): void {
    for (const request of slot.requests ?? []) this.answer(slot.saga, request, answer, reason);
    slot.requests = undefined;
  }
}
