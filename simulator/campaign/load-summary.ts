// What the runs of a campaign tell of load, added up: sums, the worst of what has a limit, and a histogram of quiet
// times. Summaries of consecutive batches add up to the summary of all of them.

import type { Percentiles, RecordedLoad } from '../run-record.ts';
import type { IncidentResult, LoadBucket, LoadCourse, RunResult } from '../run-result.ts';
import { Durations, type PackedDurations } from './durations.ts';

/** A summary as plain data, to cross threads. */
export interface PackedLoad {
  readonly runs: number;
  readonly sagas: number;
  readonly calls: number;
  readonly usefulCalls: number;
  readonly circuitOpenUs: number;
  /** In the order of the scenario; of what was noticed the slowest. */
  readonly incidents: readonly IncidentResult[];
  readonly course?: Omit<LoadCourse, 'recoveredUs'>;
  /** The longest over all runs; -1 when one never recovered. */
  readonly recoveredUs?: number;
  /** Runs in which it can be told, and those among them that recovered. */
  readonly told: number;
  readonly recovered: number;
  readonly quiet: {
    readonly sagas: number;
    readonly compensated: number;
    readonly sumUs: number;
    readonly durations: PackedDurations;
  };
}

const NO_LOAD: LoadBucket = [0, 0, 0];

export class LoadSummary {
  #sums = { runs: 0, sagas: 0, calls: 0, usefulCalls: 0, circuitOpenUs: 0, told: 0, recovered: 0 };
  #incidents: readonly IncidentResult[] = [];
  #course: PackedLoad['course'];
  #recoveredUs: number | undefined;
  #quiet = { sagas: 0, compensated: 0, sumUs: 0 };
  readonly #durations = new Durations();

  addRun({ calls, load, sagas }: Pick<RunResult, 'calls' | 'load' | 'sagas'>): void {
    const { usefulCalls, circuitOpenUs, incidents = [], course, quiet } = load;
    const recoveredUs = course?.recoveredUs;
    this.#addSums({
      runs: 1,
      sagas: sagas.started,
      calls,
      usefulCalls,
      circuitOpenUs,
      told: recoveredUs === undefined ? 0 : 1,
      recovered: recoveredUs === undefined || recoveredUs < 0 ? 0 : 1,
    });
    this.#addIncidents(incidents);
    this.#addCourse(course);
    this.#addRecovery(recoveredUs);
    if (quiet === undefined) return;
    const { latencyUs, ...counts } = quiet;
    this.#addQuiet({ ...counts, sumUs: latencyUs.reduce((sum, us) => sum + us, 0) });
    this.#durations.record(latencyUs);
  }

  add({ incidents, course, recoveredUs, quiet, ...sums }: PackedLoad): void {
    this.#addSums(sums);
    this.#addIncidents(incidents);
    this.#addCourse(course);
    this.#addRecovery(recoveredUs);
    this.#addQuiet(quiet);
    this.#durations.add(quiet.durations);
  }

  pack(): PackedLoad {
    return {
      ...this.#sums,
      incidents: this.#incidents,
      ...(this.#course === undefined ? {} : { course: this.#course }),
      ...(this.#recoveredUs === undefined ? {} : { recoveredUs: this.#recoveredUs }),
      quiet: { ...this.#quiet, durations: this.#durations.pack() },
    };
  }

  /** Undefined when no saga was asked for. */
  record(): RecordedLoad | undefined {
    const { runs, sagas, calls, usefulCalls, circuitOpenUs, told, recovered } = this.#sums;
    if (sagas === 0 || runs === 0) return undefined;
    const always = {
      callsPerSaga: calls / sagas,
      wastedCalls: calls === 0 ? 0 : Math.max(0, 1 - usefulCalls / calls),
      circuitOpenUs: Math.round(circuitOpenUs / runs),
    };
    const quiet = this.#quiet.sagas === 0 ? {} : { quiet: this.#quietRecord() };
    if (this.#incidents.length === 0) return { ...always, ...quiet };
    return {
      ...always,
      ...quiet,
      incidents: this.#incidents,
      ...(this.#course === undefined ? {} : { course: this.#course }),
      ...(this.#recoveredUs === undefined
        ? {}
        : { recovery: { runs: told, recovered, longestUs: this.#recoveredUs } }),
    };
  }

  #quietRecord(): NonNullable<RecordedLoad['quiet']> {
    const { sagas, compensated, sumUs } = this.#quiet;
    const latencyUs: Percentiles = this.#durations.percentiles();
    const { count } = latencyUs;
    return { sagas, compensated, latencyUs, ...(count === 0 ? {} : { meanUs: Math.round(sumUs / count) }) };
  }

  #addSums(more: Omit<PackedLoad, 'incidents' | 'course' | 'recoveredUs' | 'quiet'>): void {
    const sums = this.#sums;
    for (const key of Object.keys(sums) as (keyof typeof sums)[]) sums[key] += more[key];
  }

  #addQuiet({ sagas, compensated, sumUs }: Omit<PackedLoad['quiet'], 'durations'>): void {
    const quiet = this.#quiet;
    this.#quiet = {
      sagas: quiet.sagas + sagas,
      compensated: quiet.compensated + compensated,
      sumUs: quiet.sumUs + sumUs,
    };
  }

  /** One that was not noticed in some run was not noticed. */
  #addIncidents(more: readonly IncidentResult[]): void {
    if (this.#incidents.length === 0) {
      this.#incidents = more;
      return;
    }
    this.#incidents = this.#incidents.map(({ noticedAfterUs: before, ...incident }, i) => {
      const { requestsHurt = 0, noticedAfterUs: now } = more[i] ?? {};
      const all = { ...incident, requestsHurt: incident.requestsHurt + requestsHurt };
      return before === undefined || now === undefined
        ? all
        : { ...all, noticedAfterUs: Math.max(before, now) };
    });
  }

  #addCourse(more: PackedLoad['course']): void {
    if (more === undefined) return;
    const { bucketUs, buckets } = more;
    const before = this.#course?.buckets ?? [];
    const length = Math.max(before.length, buckets.length);
    const at = (list: readonly LoadBucket[], i: number): LoadBucket => list[i] ?? NO_LOAD;
    this.#course = {
      bucketUs,
      buckets: Array.from({ length }, (_, i) => addBuckets(at(before, i), at(buckets, i))),
    };
  }

  #addRecovery(recoveredUs: number | undefined): void {
    const before = this.#recoveredUs;
    if (recoveredUs === undefined || before === -1) return;
    this.#recoveredUs = recoveredUs === -1 ? -1 : Math.max(before ?? 0, recoveredUs);
  }
}

function addBuckets([a, b, c]: LoadBucket, [x, y, z]: LoadBucket): LoadBucket {
  return [a + x, b + y, c + z];
}
