// How far a campaign is, on stderr: a live line at most ten times a second, or a plain line every ten seconds; and that
// nothing is heard of it, when that is so for long.

import { performance } from 'node:perf_hooks';
import { counted, number } from '../reports/wording.ts';
import type { CampaignProgress } from '../simulator/campaign/campaign-options.ts';
import { type ProgressSink, progressSink } from './terminal.ts';

const LIVE_EVERY_MS = 100;
const PLAIN_EVERY_MS = 10_000;
const SILENT_MS = 30_000;

/** The progress of one scenario. */
export class Progress {
  readonly #scenario: string;
  readonly #sink: ProgressSink;
  readonly #nowMs: () => number;
  #phase: CampaignProgress['phase'] | undefined;
  #phaseSinceMs = 0;
  #shownAtMs: number;
  #done = -1;
  #movedAtMs: number;

  constructor(scenario: string, sink: ProgressSink, nowMs: () => number) {
    this.#scenario = scenario;
    this.#sink = sink;
    this.#nowMs = nowMs;
    this.#movedAtMs = nowMs();
    this.#shownAtMs = sink.live ? Number.NEGATIVE_INFINITY : this.#movedAtMs;
  }

  update(progress: CampaignProgress): void {
    const now = this.#nowMs();
    if (progress.phase !== this.#phase || progress.done !== this.#done) this.#movedAtMs = now;
    if (progress.phase !== this.#phase) {
      this.#phase = progress.phase;
      this.#phaseSinceMs = now;
    }
    this.#done = progress.done;
    if (now - this.#shownAtMs < (this.#sink.live ? LIVE_EVERY_MS : PLAIN_EVERY_MS)) return;
    this.#shownAtMs = now;
    this.#sink.line(`${this.#scenario}  ${progressText(progress, now - this.#phaseSinceMs)}`);
  }

  /** To be called now and then: code of a user that never returns is otherwise nothing but silence. */
  tick(): void {
    const now = this.#nowMs();
    if (now - this.#movedAtMs < SILENT_MS || now - this.#shownAtMs < PLAIN_EVERY_MS) return;
    this.#shownAtMs = now;
    const silent = `nothing new for ${clock(now - this.#movedAtMs)}`;
    const hint = 'a long run, or a loop without end in a saga or a participant (ctrl-C twice stops it)';
    this.#sink.line(`${this.#scenario}  ${silent}: ${hint}`);
  }

  end(): void {
    this.#sink.clear();
  }
}

/** Does a piece of work and shows how far it is, unless `quiet`. The live line is gone when it ends, however it ends. */
export async function showing<Result>(
  scenario: string,
  quiet: boolean,
  work: (progress: { onProgress?(state: CampaignProgress): void }) => Promise<Result>,
): Promise<Result> {
  if (quiet) return work({});
  const progress = new Progress(scenario, progressSink(), () => performance.now());
  const timer = setInterval(() => progress.tick(), 1_000);
  try {
    return await work({ onProgress: (state) => progress.update(state) });
  } finally {
    clearInterval(timer);
    progress.end();
  }
}

/** `412 of 1,000 runs · 41 % · 0:12 left`, `elapsedMs` after the phase began. */
export function progressText({ phase, unit, done, total }: CampaignProgress, elapsedMs: number): string {
  const doing = DOING[phase];
  const share = Math.floor((100 * done) / Math.max(1, total));
  const left = done === 0 ? [] : [`${clock((elapsedMs / done) * (total - done))} left`];
  return [`${doing}${number(done)} of ${counted(total, unit.slice(0, -1))}`, `${share} %`, ...left].join(
    ' · ',
  );
}

const DOING: Readonly<Record<CampaignProgress['phase'], string>> = {
  runs: '',
  determinism: 'repeating ',
  shrinking: 'shrinking ',
  exploring: '',
  sensitivity: 'sensitivity: ',
};

/** Milliseconds as `0:12` or `1:02:03`. */
function clock(ms: number): string {
  const seconds = Math.ceil(ms / 1000);
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  const padded = (value: number): string => String(value).padStart(2, '0');
  const rest = `${minutes}:${padded(seconds % 60)}`;
  return hours === 0 ? rest : `${hours}:${padded(minutes)}:${padded(seconds % 60)}`;
}
