// The public API of campaigns: many runs, on many threads, and one of them again.

export { runCampaign, runShard } from './campaign.ts';
export type { CampaignOptions, CampaignProgress } from './campaign-options.ts';
export { type Capsule, jobOf as capsuleJob, readCapsule } from './capsule.ts';
export { type CompareOptions, compare, RESAMPLES } from './compare.ts';
export { keepStdoutClean } from './console.ts';
export {
  type CheckedRegression,
  check,
  pin,
  pinned,
  type Regression,
  type RegressionState,
  unpin,
} from './corpus.ts';
export { debugCapsule, debugSeed } from './debug.ts';
export { DEBUG_EVENTS_MAX } from './debug-record-of.ts';
export { COMPARE_SEEDS_DEFAULT, CORPUS_FOLDER, TUNE_BUDGET_DEFAULT } from './defaults.ts';
export { AMBIENT_ACCESS, firstLine, InternalError, isUserError } from './error-data.ts';
export { type ExploreOptions, explore } from './explore.ts';
export { checkWritable, makeFolder, writeText } from './folder.ts';
export { type Job, type PreparedJob, prepare } from './job.ts';
export { readJson } from './json-file.ts';
export {
  listScenarios,
  loadScenario,
  type ScenarioSummary,
  scenarioNames,
  shownPath,
} from './load-scenario.ts';
export { MarkedTrace } from './marked-trace.ts';
export {
  campaignsAmong,
  checkComplete,
  type FoundBlob,
  type MergeOptions,
  mergeShards,
} from './merge.ts';
export {
  type BookedEffect,
  type Happening,
  logsOf,
  type ObservedRun,
  observeCapsule,
  observed,
  observeSeed,
} from './observed-run.ts';
export { STANDARD_POLICIES } from './policy-choice.ts';
export { SPACE_MEMBERS, type SpaceMember } from './policy-space.ts';
export { type Replay, type ReplayOptions, replayCapsule, replaySeed } from './replay.ts';
export { quoted } from './replay-command.ts';
export { withSaga } from './saga-file.ts';
export { readBlob, type Shard, type ShardBlob, writeBlob } from './shard-blob.ts';
export { type ShrinkOptions, shrinkCapsule, shrinkSeed } from './shrink.ts';
export { VERSION } from './source-tree.ts';
export { type TuneOptions, tune } from './tune.ts';
