// Whatever the user gets wrong ends in one sentence and a hint, exit 64, and no stack.

import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { drawn } from '../reports/html/records.ts';
import { type Ended, ended, fixture, freshFolder, lineByLine, sagastorm, start } from './sagastorm.ts';

const folder = freshFolder();

function written(name: string, text: string): string {
  writeFileSync(join(folder, name), text);
  return name;
}

const honest = fixture('honest.ts');
const malformed = written('malformed.json', '{\n  "name": "deed",\n  "steps": [,]\n}\n');
const noCapsule = written('no-capsule.json', '{ "schema": "sagastorm/run@1" }');
const notValid = written('not-valid.mjs', 'export default {\n');
written('not-typed.ts', '\n\nexport const one = ;\n');
const imports = written('imports.ts', "import './not-typed.ts';\n");
const later = written('later.json', '{ "schema": "sagastorm/blob@2" }');
const number = written('number.json', '7');
const capsule = written('capsule.json', '{ "schema": "sagastorm/capsule@1" }');
const record = written('stored.json', JSON.stringify(drawn));
const namesake = join(folder, 'namesake.ts');
writeFileSync(namesake, `export { default } from ${JSON.stringify(honest)};\n`);
written('a-file', '');
mkdirSync(join(folder, 'empty'));

const WRONG: readonly (readonly [line: string, sentence: RegExp])[] = [
  ['rum', /no command "rum"\.\n {2}Did you mean "run"\?/],
  [`run ${honest} --sedes 4`, /no flag --sedes\.\n {2}Did you mean --seeds\?/],
  [`run ${honest} -x`, /no flag -x\./],
  [`run ${honest} --trace`, /--trace is not a flag of `sagastorm run`\./],
  ['list twice', /`sagastorm list` does not take the argument "twice"\./],
  [`run ${honest} --seeds`, /--seeds needs a value\./],
  [`run ${honest} --seeds --quiet`, /--seeds needs a value\./],
  [`run ${honest} --json=yes`, /--json takes no value\./],
  [`run ${honest} --seeds 1 --seeds 2`, /--seeds is given 2 times\./],
  [`run ${honest} --seeds -1`, /--seeds takes a whole number from 1 to 10,000,000, not "-1"\./],
  [`run ${honest} --seeds 0`, /--seeds takes a whole number from 1 to 10,000,000, not "0"\./],
  [`run ${honest} --seeds 1e99`, /--seeds takes a whole number from 1 to 10,000,000, not "1e99"\./],
  [`run ${honest} --seeds NaN`, /--seeds takes a whole number from 1 to 10,000,000, not "NaN"\./],
  [`run ${honest} --seeds 1.5`, /--seeds takes a whole number from 1 to 10,000,000, not "1\.5"\./],
  [`run ${honest} --sagas 0`, /--sagas takes a whole number from 1 to 10,000,000, not "0"\./],
  [`run ${honest} --workers 0`, /--workers takes a whole number from 1 to 256, not "0"\./],
  [`run ${honest} --workers 257`, /--workers takes a whole number from 1 to 256, not "257"\./],
  [`run ${honest} --check-determinism -1`, /--check-determinism takes a whole number from 0 to /],
  [
    `run ${honest} --profile strom`,
    /--profile takes one of calm, breeze, storm, not "strom"\.\n {2}Did you mean "storm"/,
  ],
  [
    `run ${honest} --protocol 3pc`,
    /--protocol takes one of saga, choreography, 2pc, not "3pc"\.\n {2}Did you mean "2pc"/,
  ],
  [
    `run ${resolve('scenarios/planted-bugs/never-undoes.ts')} --protocol 2pc`,
    /cannot run under 2pc: it has an engine of its own\.\n {2}Leave --protocol out\./,
  ],
  [
    `run ${honest} --protocol nope`,
    /sagastorm: --protocol takes one of saga, choreography, 2pc, not "nope"\.\n$/,
  ],
  ...['', ' --policy naive'].map((policy): [string, RegExp] => [
    `compare ${honest} --protocol saga${policy}`,
    /compare needs two protocols, or two policies under "saga"\.\n {2}Add --protocol 2pc, or write --policy/,
  ]),
  [`compare ${honest} --protocol 2pc --protocol 2pc`, /protocol "2pc" is given twice\./],
  [
    `compare ${honest} --protocol 2pc --protocol saga --policy naive --policy patient`,
    /compare takes several protocols or several policies, not both\./,
  ],
  [`run ${honest} --policy pateint`, /no policy called "pateint"\.\n {2}Did you mean "patient"/],
  [
    `run ${honest} --reporter junti=out.xml`,
    /--reporter takes one of pretty, line, [^.]*, blob, not "junti"\.\n {2}Did you mean "junit"\?/,
  ],
  [`run ${honest} --reporter xxxx`, /--reporter takes one of pretty, [^.]*, blob, not "xxxx"\.\n$/],
  [
    `run ${honest} --reporter junit=`,
    /junit= names no file\.\n {2}Write [^\n]*, or --reporter junit for stdout\./,
  ],
  [
    `run ${honest} --reporter html=`,
    /html= names no file\.\n {2}Write [^\n]*, or --reporter html for a page beside/,
  ],
  [
    `compare ${honest} --reporter brief --reporter md`,
    /brief is a whole document, so md cannot go to stdout/,
  ],
  [`run ${honest} ${honest}`, /honest\.ts is given twice\./],
  [`run ${honest} ${namesake}`, /honest\.ts and \S+namesake\.ts are both called "honest", so their results /],
  [`run ${honest} --seed x --seeds 2 --shard 1/2 ${namesake}`, /are both called "honest", so their results /],
  [
    `run ${honest} --reporter junit=.sagastorm/run.json`,
    /junit is to go to .sagastorm\/run\.json, which is the result/,
  ],
  [
    `run ${honest} --out D --reporter html=D/../D/run.json`,
    /html is to go to D\/run\.json, which is the result/,
  ],
  [`run ${honest} --reporter junit=D/x --reporter md=D/../D/x`, /two reports are to go to D\/\.\.\/D\/x\./],
  [
    `run ${honest} --reporter html --reporter md=.sagastorm/report.html`,
    /two reports are to go to .sagastorm\/report/,
  ],
  [
    `compare ${honest} --out D --reporter html=D/compare.json`,
    /html is to go to D\/compare\.json, which is the/,
  ],
  [
    `compare ${honest} --reporter html --reporter md=.sagastorm/compare.html`,
    /two reports are to go to .sagast/,
  ],
  [`tune ${honest} --out D --reporter md=D/tune.json`, /md is to go to D\/tune\.json, which is the result/],
  [
    `explore ${honest} --out D --reporter html=D/run.json`,
    /html is to go to D\/run\.json, which is the result/,
  ],
  [
    `report ${record} --reporter html=./stored.json`,
    /html is to go to stored\.json, which is the result itself\./,
  ],
  [`report ${record} ${record} --reporter html`, /two reports are to go to stored\.html\./],
  ['report empty', /empty is a folder, and report takes records\.\n {2}[^\n]* empty\/run\.json\./],
  ['replay empty', /empty is a folder, and replay takes one run\./],
  [
    `report ${capsule}`,
    /its "schema" is "sagastorm\/capsule@1"\.\n {2}[^\n]*`sagastorm replay capsule\.json`/,
  ],
  [`report ${later}`, /its "schema" is "sagastorm\/blob@2"\.\n {2}[^\n]*`sagastorm merge`/],
  [
    `run ${honest} --reporter junit --reporter line`,
    /--reporter junit is a whole document, so line cannot go to /,
  ],
  [`run ${honest} --reporter junit=x --reporter sarif=x`, /two reports are to go to x\./],
  [`run ${honest} --reporter md=a-file/report.md`, /cannot write a-file: /],
  [`run ${honest} --reporter md=.`, /cannot write \.: /],
  [`run ${honest} ${honest} --reporter blob=x.json`, /blob=x\.json is one file, and there are 2 scenarios/],
  [`run ${honest} --seeds 4 --seed x --shard 0/4`, /--shard takes i\/n such as 2\/4, .*not "0\/4"\./],
  [`run ${honest} --seeds 4 --seed x --shard 5/4`, /--shard takes i\/n such as 2\/4, .*not "5\/4"\./],
  [`run ${honest} --seeds 4 --seed x --shard half`, /--shard takes i\/n such as 2\/4, .*not "half"\./],
  [`run ${honest} --seeds 3 --seed x --shard 1/4`, /4 shards are too many for 3 runs: /],
  [`run ${honest} --seeds 4 --shard 1/4`, /--shard needs --seed: /],
  [
    `run ${honest} --seeds 4 --seed x --shard 1/4 --json`,
    /--shard leaves a blob, and --json is of all shards/,
  ],
  [
    `run ${honest} --seeds 4 --seed x --shard 1/4 --reporter md`,
    /and --reporter md is of all shards together\./,
  ],
  ['merge', /merge needs the blobs of the shards\./],
  ['merge none.json', /no file none\.json\./],
  ['merge empty', /there is no blob in empty\./],
  [`merge ${noCapsule}`, /is not a blob that can be merged: its "schema" is not "sagastorm\/blob@1"\./],
  [`merge ${later}`, /its "schema" is "sagastorm\/blob@2", and this version reads "sagastorm\/blob@1"\./],
  [`merge ${malformed}`, /malformed\.json is not JSON/],
  ['report', /report needs a stored record\./],
  ['report none.json', /no file none\.json\./],
  [`report ${malformed}`, /malformed\.json is not JSON/],
  [`report ${noCapsule}`, /no-capsule\.json is not a record that can be reported: it has no "scenario"\./],
  [
    `report ${later}`,
    /later\.json is not a record that can be reported: its "schema" is "sagastorm\/blob@2"/,
  ],
  [`report ${number}`, /number\.json is not a record that can be reported: it has no "schema"\./],
  [`run ${honest} --json --reporter line`, /--json prints only the record, so/],
  [`run ${honest} --out a-file`, /cannot write a-file: /],
  [`run ${honest} --out a-file/in-it`, /cannot write a-file\/in-it: /],
  [`run ${honest} --out /proc/none`, /cannot write \/proc\/none: /],
  ['run bank-transfr', /no scenario called "bank-transfr"\.\n {2}Did you mean "bank-transfer"\?/],
  ['run ./none.ts', /no file \.\/none\.ts\./],
  ['run .', /no scenario called "\."\./],
  [`run ${malformed}`, /malformed\.json is not a scenario/],
  [
    `run ${fixture('throws.ts')}`,
    /throws\.ts could not be loaded: the notary is on holiday \(at .*throws\.ts:\d+:\d+\)\./,
  ],
  [
    `run ${fixture('exports-nothing.ts')}`,
    /exports-nothing\.ts is not a scenario: it has no default export\./,
  ],
  [`run ${fixture('exports-something.ts')}`, /is not a scenario: its default export is something else\./],
  [`run ./${notValid}`, /not-valid\.mjs, or a module that it imports, is not valid: Unexpected /],
  [`run ./${imports}`, /not-typed\.ts:3, which \S*imports\.ts imports, is not valid: /],
  [`run ${fixture('has-a-cycle.ts')}`, /saga "round": .*stamp → file → stamp/],
  [`run ${fixture('has-a-crowd.ts')}`, /scenario "has-a-crowd" has 300 orchestrators\./],
  [`run ${fixture('falls-in-latency.ts')}`, /`latency` has percentiles that do not rise\./],
  [`run ${fixture('starts-nowhere.ts')}`, /starts saga number 2 at NaN, not a moment of the run\./],
  [`run ${fixture('starts-a-stranger.ts')}`, /asked for saga number 0, returns "will", which scenario/],
  [`run ${honest} --saga none.json`, /no file none\.json\./],
  [
    `run ${honest} --saga ${malformed}`,
    /malformed\.json is not JSON: Unexpected token ',' at line 3, column 13\./,
  ],
  [`run ${honest} --saga ${fixture('unknown-service.json')}`, /unknown service "post-office"\./],
  [`run --saga ${fixture('deed.json')}`, /--saga needs exactly one scenario/],
  ['replay', /replay needs a capsule, or a scenario and its --seed\./],
  [`replay ${honest}`, /needs the seed of the run\./],
  [`replay ${noCapsule}`, /no-capsule\.json is not a capsule: its "schema" is not "sagastorm\/capsule@1"\./],
  [`replay ${malformed}`, /malformed\.json is not JSON/],
  ['replay none.json', /no file none\.json\./],
  ['run --saga empty', /empty is a folder\./],
  ['shrink', /shrink needs a capsule, or a scenario and its --seed\./],
  [`shrink ${honest}`, /shrink .*honest\.ts needs the seed of the run\./],
  [`shrink ${noCapsule}`, /no-capsule\.json is not a capsule/],
  [`shrink ${noCapsule} --sagas 3`, /cannot be combined with --sagas\./],
  [`shrink ${honest} --seed x --shrink-budget many`, /--shrink-budget takes a whole number/],
  ['seeds', /seeds needs to know what to do\./],
  ['seeds ad', /seeds does not know "ad"\./],
  ['seeds add', /seeds add needs a capsule\./],
  [`seeds add ${noCapsule}`, /is not a capsule/],
  ['explore', /explore needs a scenario\./],
  ['explore no-such-scenario', /no-such-scenario/],
  [`explore ${honest} --faults 3`, /--faults takes a whole number from 1 to 2, not "3"\./],
  [`explore ${honest} --sagas 1000`, /--sagas takes a whole number from 1 to 100, not "1000"\./],
  [`replay ${noCapsule} --seed x`, /cannot be combined with --seed\./],
  [`replay ${honest} --seed x --until soon`, /--until takes a duration such as 1\.2s or 350ms, not "soon"\./],
  [`replay ${honest} --seed x --trace --json`, /cannot be combined with --trace\./],
];

describe('wrong input', () => {
  let endings: readonly Ended[];
  beforeAll(async () => {
    const lines = WRONG.map(([line]) => line.split(' '));
    endings = await lineByLine(lines, folder);
  });

  test.each(WRONG.map(([line, sentence], i) => ({ line, sentence, i })))(
    'sagastorm $line',
    ({ sentence, i }) => {
      const { code, stdout, stderr } = endings[i]!;
      expect(stderr).toMatch(sentence);
      expect(stderr).toMatch(/^sagastorm: [^\n]+[.!?]\n( {2}[^\n]+\n)?$/);
      expect(stderr).not.toMatch(/^\s+at /m);
      expect(stdout).toBe('');
      expect(code).toBe(64);
    },
  );
});

test('wrong input in a process of its own', async () => {
  const { code, stdout, stderr } = await sagastorm(['rum']);
  expect({ code, stdout }).toEqual({ code: 64, stdout: '' });
  expect(stderr).toMatch(/^sagastorm: there is no command "rum"\.\n {2}Did you mean "run"\?/);
});

test('no command at all shows the help, and is no success', async () => {
  const { code, stdout } = await sagastorm([]);
  expect(stdout).toContain('run [...scenarios]');
  expect(code).toBe(64);
});

test('a Node that is too old is refused before anything else', async () => {
  const old = "Object.defineProperty(process,'versions',{value:{...process.versions,node:'22.17.1'}})";
  const child = start(['list'], folder, {}, ['--import', `data:text/javascript,${old}`]);
  const { code, stdout, stderr } = await ended(child);
  expect(stderr).toBe('sagastorm: Node 22.17.1 is too old; version 22.18 or a later one is needed.\n');
  expect(stdout).toBe('');
  expect(code).toBe(64);
});

test('a file that the system does not give is told by its name', async () => {
  const { code, stderr } = await sagastorm(['replay', `${'x'.repeat(300)}.json`]);
  expect(stderr).toMatch(/^sagastorm: x+\.json is too long a name\.\n/);
  expect(code).toBe(64);
});
