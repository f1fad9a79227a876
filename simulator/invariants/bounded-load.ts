// bounded-load. What was planned is read in the log, for messages may be late and overtake each other: no wait shorter
// than the policy could draw, no attempt that it does not allow. What really came is counted at the participants.
//
// Once the world has healed nothing repeats a message or loses an answer, so who still comes again and again is in a
// retry storm: an outage that its own retries keep alive. Within a minute an operation comes at most as often as the
// policy lets a step try that may give up; one that goes on for ever must not come more often than that either.

import { type SagaDefinition, type StepDefinition, stepIndexOf } from '../../engine/core/define-saga.ts';
import type { AppendOutput } from '../../engine/core/orchestrator.ts';
import type { Call, Direction } from '../../engine/core/protocol.ts';
import { isEnded, type RetryScheduled } from '../../engine/core/saga.ts';
import type {
  CaseFile,
  Ending,
  Invariant,
  InvariantFactory,
  LogView,
  Reporter,
  WorldView,
} from './invariant.ts';
import { PolicyBounds } from './policy-bounds.ts';

type Retry = RetryScheduled<'step-retry-scheduled' | 'compensation-retry-scheduled'>;

const MINUTE_US = 60_000_000;
/**
 * So many more are let pass: copies that come late, and what a worker sends that was taken over. Few policies allow
 * more attempts within a minute than this.
 */
const CALLS_TO_SPARE = 100;

export const boundedLoad: InvariantFactory = (report, world) => new LoadWatch(report, world);

/** Calls of one operation since a moment. */
interface Count {
  sinceUs: number;
  calls: number;
  told: boolean;
}

/** What is kept of an open saga. Most need none of it. */
interface Load {
  /** Calls after healing, by key. */
  readonly counts: Map<string, Count>;
  /** Failed attempts of a compensation since it was last begun, by step. */
  readonly failures: Map<string, number>;
  /** How often a person gave the compensations all their attempts again (E7). */
  resumed: number;
}

class LoadWatch implements Invariant {
  readonly id = 'bounded-load';
  readonly statement =
    'Attempts per step and calls per saga stay within the policy; load falls back after an outage';
  readonly #report: Reporter;
  readonly #world: WorldView;
  /** By saga; one that ended is forgotten. */
  readonly #loads = new Map<string, Load>();

  constructor(report: Reporter, world: WorldView) {
    this.#report = report;
    this.#world = world;
  }

  readonly onCall = (call: Call, step: StepDefinition, file: CaseFile): void => {
    if (call.round !== file.round || hasEnded(file)) return; // late: it was counted in its time, or not at all
    if (call.attempt > 1) this.#checkAttempt(call, step, file);
    if (this.#world.nowUs() >= this.#world.healAtUs) this.#count(call, step, file);
  };

  readonly onAppended = ({ events, atUs }: AppendOutput, _log: LogView, file: CaseFile): void => {
    for (const event of events) {
      switch (event.kind) {
        case 'step-retry-scheduled':
          if (event.redriven !== true) this.#checkRetry('forward', event, event.attempt - 1, atUs, file);
          break;
        case 'compensation-retry-scheduled':
          this.#checkRetry('compensation', event, this.#failed(event.step, file), atUs, file);
          break;
        case 'compensation-requested':
          this.#loads.get(file.saga)?.failures.delete(event.step);
          break;
        case 'compensation-resumed':
          this.#loadOf(file).resumed++;
          break;
        default: // says nothing of attempts
      }
    }
  };

  readonly onEnded = ({ status }: Ending, _log: LogView, file: CaseFile): void => {
    if (this.#loads.size > 0 && isEnded(status)) this.#loads.delete(file.saga);
  };

  #boundsOf(definition: SagaDefinition): PolicyBounds {
    return PolicyBounds.of(this.#world.policyOf(definition));
  }

  #loadOf({ saga }: CaseFile): Load {
    let load = this.#loads.get(saga);
    if (load === undefined) {
      load = { counts: new Map(), failures: new Map(), resumed: 0 };
      this.#loads.set(saga, load);
    }
    return load;
  }

  /** Counts one more failed attempt of a compensation; how many there are since it was last begun. */
  #failed(step: string, file: CaseFile): number {
    const { failures } = this.#loadOf(file);
    const failed = (failures.get(step) ?? 0) + 1;
    failures.set(step, failed);
    return failed;
  }

  /** How often a person's word begins the attempts of a step anew, the first time included. */
  #begins(direction: Direction, { saga }: CaseFile): number {
    return direction === 'forward' ? 1 : 1 + (this.#loads.get(saga)?.resumed ?? 0);
  }

  #checkAttempt({ direction, attempt }: Call, step: StepDefinition, file: CaseFile): void {
    if (isEndless(step, direction)) return;
    const most =
      this.#begins(direction, file) *
      this.#boundsOf(file.definition).attemptsMax(direction, limitOf(step, direction));
    if (attempt <= most) return;
    this.#report.violated(
      `attempt ${attempt} of ${direction} ${step.name} came, the policy allows ${most}`,
      file,
    );
  }

  /** `failed`: the attempt after which the event says when to try again. */
  #checkRetry(direction: Direction, event: Retry, failed: number, atUs: number, file: CaseFile): void {
    const step = file.definition.steps[stepIndexOf(file.definition, event.step)];
    if (step === undefined) return;
    const { failure, dueAtUs } = event;
    const bounds = this.#boundsOf(file.definition);
    const accuse = (why: string): void =>
      this.#report.violated(
        `${direction} ${step.name} was to be tried again after failure ${failed} (${failure}): ${why}`,
        file,
      );
    const over = !bounds.allowsMore(direction, failure, failed, limitOf(step, direction));
    if (over && !isEndless(step, direction)) return accuse('the policy gives up there');
    const waitUs = dueAtUs - atUs;
    const leastUs = bounds.leastDelayUs(direction, failure, failed);
    if (waitUs < leastUs) accuse(`after ${waitUs} µs, where the policy waits ${leastUs} at least`);
  }

  #count({ key, direction }: Call, step: StepDefinition, file: CaseFile): void {
    const { counts } = this.#loadOf(file);
    const nowUs = this.#world.nowUs();
    const count = counts.get(key);
    if (count === undefined) {
      counts.set(key, { sinceUs: nowUs, calls: 1, told: false });
      return;
    }
    if (nowUs - count.sinceUs >= MINUTE_US) {
      count.sinceUs = nowUs;
      count.calls = 0;
    }
    if (++count.calls <= CALLS_TO_SPARE || count.told) return;
    const bounds = this.#boundsOf(file.definition);
    const attempts = bounds.attemptsWithin(direction, limitOf(step, direction), MINUTE_US);
    if (count.calls <= CALLS_TO_SPARE + attempts * this.#begins(direction, file)) return;
    count.told = true;
    this.#report.violated(
      `${direction} ${key} came ${count.calls} times within a minute although the world had healed`,
      file,
    );
  }
}

function hasEnded({ ending }: CaseFile): boolean {
  return ending !== undefined && isEnded(ending.status);
}

/** A pivot in doubt and a retriable step go on for ever (E8). */
function isEndless({ kind }: StepDefinition, direction: Direction): boolean {
  return direction === 'forward' && kind !== 'compensatable';
}

/** A definition's own limit is for forward work: an undo has the policy's. */
function limitOf({ attemptsMax }: StepDefinition, direction: Direction): number | undefined {
  return direction === 'forward' ? attemptsMax : undefined;
}
