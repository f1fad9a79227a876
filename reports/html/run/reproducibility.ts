// What is needed to get the same results again, and how sure it is that one would; of a run for real, what took part.

import type { RecordedLive, RunRecord } from '../../../simulator/run-record.ts';
import { counted, duration, number, percent } from '../../wording.ts';
import { html, type Markup, type Part } from '../markup.ts';
import { pairs, type Section } from '../section.ts';
import { timeWord } from './summary.ts';

export function reproducibilitySection(record: RunRecord): Section {
  const {
    scenario,
    scenarioHash,
    version,
    node,
    rootSeed,
    fingerprint,
    source,
    explored,
    virtualUs,
    events,
    live,
  } = record;
  return {
    id: 'reproducibility',
    title: live === undefined ? 'Reproducibility' : 'What was run',
    body: html`${live !== undefined && html`<p>Real processes, sockets and stores: the same command does not give the same run twice. What was found can be replayed in the simulator.</p>`}
${pairs([
  [
    'Scenario',
    html`${scenario}${source !== undefined && html`, <code>${source.file}:${source.line}</code>`}`,
  ],
  ['Its hash', html`<code>${scenarioHash}</code>`],
  [record.runs.total === 1 ? 'Seed' : 'Root seed', html`<code>${rootSeed}</code>`],
  ['Fingerprint', html`<code>${fingerprint}</code>`],
  live === undefined ? ['Determinism', determinism(record)] : undefined,
  ['What this proves', bound(record)],
  explored === undefined ? undefined : ['Explored', exploredText(explored)],
  ['Extent', `${counted(events, 'event')} in ${duration(virtualUs)} of ${timeWord(record)} time`],
  ['Versions', `sagastorm ${version}, Node ${node}`],
])}`,
  };
}

function determinism({ determinism: { checked, equal } }: RunRecord): string {
  if (checked === 0) return 'no run was repeated';
  if (equal < checked)
    return `${counted(checked, 'run')} repeated, and ${number(checked - equal)} came out differently`;
  return `${counted(checked, 'run')} repeated, and the same event by event`;
}

function bound({ bound95, runs, live, verdict, explored }: RunRecord): string {
  if (live !== undefined) return 'nothing about other real runs: see the simulated ones';
  if (runs.violated > 0) return 'that it fails';
  if (verdict === 'slo-missed')
    return 'that a service level is missed, and of invariants: none was broken here';
  if (explored !== undefined)
    return 'that none of the runs explored breaks an invariant; chance had no part in them';
  if (bound95 === undefined) return 'nothing yet: no run held to its end';
  if (runs.total < 2) return 'one run says little of others';
  return `0 of ${counted(runs.held, 'run')} failed: with 95 % confidence the true rate is at most ${percent(bound95)}`;
}

function exploredText({ k, points, total, run, pruned }: NonNullable<RunRecord['explored']>): string {
  const what = k === 1 ? 'every fault by itself' : 'every fault by itself and every pair';
  return `${number(run + pruned)} of ${number(total)}: ${what} at ${counted(points, 'point')}${pruned > 0 ? `, ${number(pruned)} not run because their second fault has nothing to strike` : ''}`;
}

/** Nothing of a simulated run. */
export function liveSection({ live, verdict }: RunRecord): Section | undefined {
  if (live === undefined) return undefined;
  return { id: 'processes', title: 'Processes', body: pairs(processes(live, verdict !== 'held')) };
}

function processes(
  { store, orchestrators, pace, kills, lives, evidence }: RecordedLive,
  isKept: boolean,
): readonly (readonly [string, Part] | undefined)[] {
  return [
    ['Store', store === 'sqlite' ? 'SQLite' : 'PostgreSQL'],
    ['Orchestrators', number(orchestrators)],
    ['Processes started', `${number(lives)} in all`],
    [
      'Killed by SIGKILL',
      `${number(kills.orchestrator)} × orchestrator, ${number(kills.participant)} × participant`,
    ],
    [
      'Pace',
      pace === 1
        ? 'waits and fault times as the policy says'
        : `waits of the policy, and times of faults, divided by ${number(pace)}`,
    ],
    isKept ? ['Evidence', html`<code>${evidence}</code>`] : undefined,
  ];
}

/** All that may differ between equal results. */
export function metaBody({ meta }: RunRecord): Markup {
  const { startedAt, wallMs, workers, eventsPerSecond, sagasPerSecond } = meta;
  return html`<p>What differs between two runs of the same command:</p>
${pairs([
  ['Started', startedAt],
  ['Took', `${duration(wallMs * 1_000)} on ${counted(workers, 'worker')}`],
  ['Speed', `${number(sagasPerSecond)} sagas/s, ${number(eventsPerSecond)} events/s`],
])}`;
}
