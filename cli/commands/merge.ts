// `sagastorm merge`: what shards left behind, as the one result that it would have been without them.

import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../../engine/core/user-error.ts';
import { makeFolder } from '../../simulator/campaign/folder.ts';
import {
  campaignsAmong,
  checkComplete,
  type FoundBlob,
  mergeShards,
} from '../../simulator/campaign/merge.ts';
import { readBlob } from '../../simulator/campaign/shard-blob.ts';
import type { GivenFlags } from '../command-line.ts';
import { withDebugPages } from '../debug-pages.ts';
import { codeOfVerdict, EXIT, type ExitCode, worst } from '../exit-codes.ts';
import { isGiven, textOf, wholeNumberOf } from '../flags.ts';
import { HtmlPages } from '../html-pages.ts';
import { showing } from '../progress.ts';
import { RUN_EFFECTS, RUN_REPORTERS } from '../report-tables.ts';
import { Reporting } from '../reporters.ts';
import { checkNamesDiffer, recordFile, storeRecord } from '../result-files.ts';
import { OUT_DEFAULT, stopOnInterrupt, WORKERS } from './run.ts';

export async function merge(words: readonly string[], given: GivenFlags): Promise<ExitCode> {
  const reporting = new Reporting(given, RUN_REPORTERS, RUN_EFFECTS);
  const campaigns = campaignsAmong(filesIn(words).map((file) => ({ file, blob: readBlob(file) })));
  for (const shards of campaigns) checkComplete(shards);
  const names = campaigns.map(([first]) => ({ given: first!.file, name: first!.blob.name }));
  checkNamesDiffer(names);
  const out = textOf(given, 'out') ?? OUT_DEFAULT;
  const pages = new HtmlPages(reporting, campaigns.length > 1);
  pages.keepClear(names.map(({ name }) => recordFile(name, out, campaigns.length > 1)));
  reporting.keepClear(campaigns.flat().map(({ file }) => file));
  const workers = wholeNumberOf(given, 'workers', WORKERS);
  const stop = new AbortController();
  const letGo = stopOnInterrupt(stop, 'leaving the other failures as they are');
  try {
    makeFolder(out);
    const codes: ExitCode[] = [];
    for (const shards of campaigns) {
      if (stop.signal.aborted) break;
      const [first] = shards as readonly [FoundBlob, ...FoundBlob[]];
      const found = await showing(first.blob.name, isGiven(given, 'quiet'), (progress) =>
        mergeShards(shards, {
          out,
          signal: stop.signal,
          ...(workers === undefined ? {} : { workers }),
          ...progress,
        }),
      );
      const record = await withDebugPages(found, out, given);
      const stored = storeRecord(record, out, campaigns.length > 1);
      reporting.add(record, stored, await pages.add(record, stored));
      codes.push(codeOfVerdict(record.verdict));
    }
    reporting.end();
    await pages.end();
    return stop.signal.aborted ? EXIT.interrupted : worst(codes);
  } finally {
    letGo();
  }
}

/** Files as they are named; of folders everything that could be a blob, whatever folders CI put between. */
function filesIn(words: readonly string[]): readonly string[] {
  if (words.length === 0) {
    throw new UserError(
      'missing-argument',
      'merge needs the blobs of the shards',
      'Give their paths, or the folder that holds them, such as .sagastorm/blobs.',
    );
  }
  const files = words.flatMap((word) => {
    if (statSync(word, { throwIfNoEntry: false })?.isDirectory() !== true) return [word];
    const inside = readdirSync(word, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.json'))
      .sort()
      .map((name) => join(word, name));
    if (inside.length > 0) return inside;
    throw new UserError(
      'no-blobs',
      `there is no blob in ${word}`,
      '`sagastorm run --shard i/n` writes them.',
    );
  });
  return [...new Set(files)];
}
