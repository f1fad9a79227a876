// The trace of a saga, from its log: the saga, its steps, their attempts, its undo. One trace for each saga.
//
//   saga order                    from its beginning to its end; what was written, and when, are its events
//   ├─ step charge                from its intention until its outcome stood in the log
//   │  ├─ payment charge #1       one attempt; its id is in the `traceparent` that the service gets
//   │  └─ payment charge #2
//   └─ compensation
//      └─ undo charge             linked to the step that it undoes
//
// T1. Ids follow from the saga, the step and the attempt, so a trace is the same whoever makes it, and in a simulated run.
// T2. Times are those of the log: an attempt ends when its outcome was decided upon, not when the answer arrived. When an
//     append was durable the log does not say, so an append is an event of its saga and no span.
// T3. Processes whose clocks differ may write one log; in its trace time does not go back.

import { idempotencyKey } from '../core/protocol.ts';
import { doneAct } from '../core/repair-act.ts';
import type { SagaEvent, StoredEvent } from '../core/saga-event.ts';
import { LogReading } from '../core/waiting.ts';
import { attemptSpanIdOf, spanIdOf, traceIdOf } from '../http/trace-ids.ts';
import { directionOf, type ServiceOf } from './attempts.ts';
import { servicesIn } from './diagnose-all.ts';

export type AttributeValue = string | number | boolean;

/** Times in microseconds since 1970, or of virtual time. */
export interface Span {
  readonly traceId: string;
  readonly spanId: string;
  /** Left out for the saga itself. */
  readonly parentSpanId?: string;
  readonly name: string;
  /** `client`: a call to a service. */
  readonly kind: 'internal' | 'client';
  readonly startUs: number;
  readonly endUs: number;
  readonly attributes: Readonly<Record<string, AttributeValue>>;
  readonly events: readonly SpanEvent[];
  /** Spans of the same trace that this one is about. */
  readonly links: readonly string[];
  /** What went wrong; left out when nothing did. */
  readonly error?: string;
}

export interface SpanEvent {
  readonly name: string;
  readonly atUs: number;
  readonly attributes: Readonly<Record<string, AttributeValue>>;
}

type Draft = { -readonly [Member in keyof Span]: Span[Member] };

/**
 * The spans of one saga; what is still open ends with the last event.
 *
 * @param log oldest event first; of an empty one there are no spans
 */
export function spansOf(
  log: readonly StoredEvent[],
  serviceOf: ServiceOf = servicesIn(log),
): readonly Span[] {
  const first = log[0];
  if (first?.event.kind !== 'saga-created') return [];
  const trace = new Trace(first.saga, first.event.definition, first.atUs, serviceOf);
  for (const row of log) trace.read(row);
  return trace.end();
}

/** A step, or its undo, that is under way. */
interface OpenStep {
  readonly span: Draft;
  readonly key: string;
  attempt: Draft;
}

class Trace {
  readonly #saga: string;
  readonly #serviceOf: ServiceOf;
  readonly #root: Draft;
  readonly #spans: Draft[] = [];
  readonly #open = new Map<string, OpenStep>();
  readonly #reading = new LogReading();
  readonly #appends: SpanEvent[] = [];
  readonly #repairs: SpanEvent[] = [];
  #undo: Draft | undefined;
  #round = 0;
  #lastUs = 0;

  constructor(saga: string, definition: string, startUs: number, serviceOf: ServiceOf) {
    this.#saga = saga;
    this.#serviceOf = serviceOf;
    this.#root = this.#begun(spanIdOf(saga), `saga ${definition}`, startUs, undefined);
    this.#root.attributes = { 'sagastorm.saga.id': saga, 'sagastorm.saga.type': definition };
  }

  read({ event, atUs: writtenAtUs, version, epoch }: StoredEvent): void {
    const atUs = Math.max(this.#lastUs, writtenAtUs); // T3
    this.#lastUs = atUs;
    this.#reading.read(event, atUs);
    this.#appended(version, epoch, atUs);
    this.#repaired(event, atUs);
    const { kind } = event;
    if (kind === 'saga-retried') this.#round = event.round;
    if (kind === 'compensation-started' || kind === 'compensation-resumed') {
      if (this.#undo !== undefined) this.#undo.endUs = atUs;
      this.#undo = this.#begun(
        spanIdOf(`${this.#saga}/compensation/${version}`),
        'compensation',
        atUs,
        this.#root,
      );
    }
    if (!('step' in event)) return;
    const direction = directionOf(event);
    const open = this.#open.get(`${direction}/${event.step}`);
    if (kind === 'step-requested' || kind === 'compensation-requested')
      return this.#requested(event.step, direction, atUs);
    if (open === undefined) return;
    const failure = 'failure' in event ? event.failure : undefined;
    if (atUs < open.attempt.startUs) this.#never(open.attempt);
    else settle(open.attempt, atUs, failure);
    if (kind === 'step-retry-scheduled' || kind === 'compensation-retry-scheduled') {
      open.attempt = this.#attempt(
        open.span,
        event.step,
        open.key,
        event.attempt,
        Math.max(atUs, event.dueAtUs),
      );
      return;
    }
    settle(open.span, atUs, failure, 'reason' in event ? event.reason : undefined);
    this.#open.delete(`${direction}/${event.step}`);
  }

  end(): readonly Span[] {
    const lastUs = this.#lastUs;
    const { status, reason } = this.#reading;
    for (const { span, attempt } of this.#open.values()) {
      span.endUs = lastUs;
      if (attempt.startUs > lastUs) this.#never(attempt);
      else attempt.endUs = lastUs;
    }
    if (this.#undo !== undefined)
      settle(this.#undo, lastUs, status === 'compensation_failed' ? 'given up' : undefined);
    const why = reason?.kind === 'step-failed' ? `${reason.step}: ${reason.failure}` : reason?.kind;
    settle(this.#root, lastUs, status === 'completed' ? undefined : why);
    this.#root.attributes = { ...this.#root.attributes, 'sagastorm.saga.status': status };
    this.#root.events = [...this.#appends, ...this.#repairs].sort((a, b) => a.atUs - b.atUs);
    return this.#spans;
  }

  /** Events that were written together are one. */
  #appended(version: number, epoch: number, atUs: number): void {
    const before = this.#appends.at(-1);
    const events = before?.atUs === atUs ? Number(before.attributes['sagastorm.events']) : 0;
    if (events > 0) this.#appends.pop();
    this.#appends.push({
      name: 'append',
      atUs,
      attributes: { 'sagastorm.version': version, 'sagastorm.events': events + 1, 'sagastorm.epoch': epoch },
    });
  }

  /** What a person did, who, and why. */
  #repaired(event: SagaEvent, atUs: number): void {
    const act = doneAct(event);
    if (act === undefined) return;
    const attributes = {
      'sagastorm.act': act.act,
      'sagastorm.act.id': act.id,
      'sagastorm.act.by': act.by,
      ...(act.why === undefined ? {} : { 'sagastorm.act.why': act.why }),
      ...(act.step === undefined ? {} : { 'sagastorm.step': act.step }),
    };
    this.#repairs.push({ name: 'repair', atUs, attributes });
  }

  #requested(step: string, direction: 'forward' | 'compensation', atUs: number): void {
    const key = idempotencyKey(this.#saga, step, direction, this.#round);
    const isUndo = direction === 'compensation';
    const parent = isUndo ? (this.#undo ?? this.#root) : this.#root;
    const id = isUndo ? `${key}@${parent.spanId}` : key;
    const span = this.#begun(spanIdOf(id), `${isUndo ? 'undo' : 'step'} ${step}`, atUs, parent);
    span.attributes = { 'sagastorm.step': step, 'sagastorm.direction': direction };
    if (isUndo) span.links = [spanIdOf(idempotencyKey(this.#saga, step, 'forward', this.#round))];
    this.#open.set(`${direction}/${step}`, { span, key, attempt: this.#attempt(span, step, key, 1, atUs) });
  }

  /** An earlier attempt was answered late: this one has not left. */
  #never(attempt: Draft): void {
    this.#spans.splice(this.#spans.indexOf(attempt), 1);
  }

  #attempt(parent: Draft, step: string, key: string, attempt: number, startUs: number): Draft {
    const service = this.#serviceOf(step);
    const span = this.#begun(
      attemptSpanIdOf(key, attempt),
      `${service} ${step} #${attempt}`,
      startUs,
      parent,
    );
    span.kind = 'client';
    span.attributes = { 'peer.service': service, 'sagastorm.attempt': attempt, 'sagastorm.key': key };
    return span;
  }

  #begun(spanId: string, name: string, startUs: number, parent: Draft | undefined): Draft {
    const traceId = traceIdOf(this.#saga);
    const base = {
      traceId,
      spanId,
      name,
      kind: 'internal',
      startUs,
      endUs: startUs,
      attributes: {},
      events: [],
      links: [],
    } as const;
    const span: Draft = parent === undefined ? { ...base } : { ...base, parentSpanId: parent.spanId };
    this.#spans.push(span);
    return span;
  }
}

function settle(span: Draft, atUs: number, failure: string | undefined, reason?: string): void {
  span.endUs = Math.max(span.startUs, atUs);
  if (failure === undefined) return;
  span.error = reason === undefined ? failure : `${failure}: ${reason}`;
  span.attributes = { ...span.attributes, 'error.type': failure };
}
