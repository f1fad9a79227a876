#!/usr/bin/env bash
# What a newcomer does, from the packed package: an empty folder, `sagastorm init`, green tests, one edit, a red test with
# the smallest plan that breaks it, and its replay. As ES modules and on the oldest Node, as CommonJS and on the newest.
#
# adopt.sh TARBALL FOLDER OLDEST-NODE NEWEST-NODE
set -euo pipefail
tarball=$(realpath "$1")
folder=$2
oldest=$3
newest=$4
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
export NO_COLOR=1

fail() { printf 'adopt: %s\n' "$1" >&2; [ $# -lt 2 ] || cat "$2" >&2; exit 1; }
expect() { grep -q -- "$2" "$1" || fail "\"$2\" is not in the output of $(basename "$1" .log)" "$1"; }
quiet() { "$@" > "$log" 2>&1 || fail "failed: $*" "$log"; }
refused() { if "$@" > "$log" 2>&1; then fail "should have failed: $*" "$log"; fi; }

for kind in commonjs module; do
  here=$folder/$kind
  mkdir -p "$here"
  cd "$here"
  log=$folder/$kind.log
  extension=$([ "$kind" = module ] && echo ts || echo mts)

  npm init -y > /dev/null
  npm pkg set type="$kind"
  quiet npm install --ignore-scripts --no-audit --no-fund "$tarball"
  quiet npx --no-install sagastorm init
  expect "$log" "+ sagas/checkout.$extension"
  quiet npx --no-install vitest run
  expect "$log" '2 passed'
  echo "$kind: green in an empty folder"

  cp -r sagas sagas-before
  quiet npx --no-install sagastorm init
  expect "$log" "checkout.test.$extension is there already: left alone"
  diff -r sagas sagas-before || fail 'init overwrote something'
  rm -r sagas-before

  quiet npx --no-install sagastorm run --seeds 20 --seed adopt
  expect "$log" '20 runs × 100 sagas'
  "$root/node_modules/.bin/tsc" --noEmit --strict --module nodenext --target es2024 --skipLibCheck --types '' \
    --allowImportingTsExtensions "sagas/checkout.test.$extension" "sagastorm.config.$extension" \
    || fail 'the scaffold does not type-check'
  "$root/node_modules/.bin/tsc" --noEmit --strict --module nodenext --target es2024 --types '' \
    --allowImportingTsExtensions "sagas/checkout.scenario.$extension" \
    || fail 'the types of the package do not stand by themselves'
  echo "$kind: nothing overwritten, runs from the command line, type-checks"

  sed -i 's|^\( *\)// \(compensationPayload\)|\1\2|' "sagas/checkout.$extension"
  refused npx --no-install vitest run
  expect "$log" 'checkout does not hold: all-or-nothing'
  expect "$log" '→ 1 fault, 10 → 1 saga'
  replay=$(sed -n 's/^.*replay *npx sagastorm replay \(.*\.json\)$/\1/p' "$log" | head -n 1)
  [ -f "$replay" ] || fail "no capsule \"$replay\"" "$log"
  refused npx --no-install sagastorm replay "$replay"
  expect "$log" 'VIOLATED'
  expect "$log" '(necessary'
  echo "$kind: one edit, a red test, $replay replays"
  sed -i 's|^\( *\)\(compensationPayload\)|\1// \2|' "sagas/checkout.$extension"

  version=$([ "$kind" = module ] && echo "$oldest" || echo "$newest")
  quiet npm exec --yes --package="node@$version" -- node node_modules/vitest/vitest.mjs run
  expect "$log" '2 passed'
  echo "$kind: green on Node $version"
done

cd "$folder/module"
log=$folder/faults.log

cat > sagas/unawaited.test.ts << 'TEST'
import 'sagastorm/vitest';
import { expect, test } from 'vitest';
import scenario from './checkout.scenario.ts';
test('an assertion that nobody awaits', () => { expect(scenario).toHoldInvariants({ seeds: 2 }); });
TEST
refused npx --no-install vitest run unawaited
expect "$log" 'was not awaited'
rm sagas/unawaited.test.ts
echo 'an assertion that is not awaited fails'

quiet npm install --save-dev --ignore-scripts --no-audit --no-fund fast-check
cat > sagas/subpaths.test.ts << 'TEST'
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { faultPlan, simulate } from 'sagastorm/fast-check';
import { expect, test } from 'vitest';
import scenario from './checkout.scenario.ts';

const { exports } = JSON.parse(readFileSync('node_modules/sagastorm/package.json', 'utf8'));
const modules = Object.keys(exports).filter((path) => !path.endsWith('.json'));

test.each(modules)('%s is there', async (path) => {
  expect(Object.keys(await import(/* @vite-ignore */ `sagastorm${path.slice(1)}`)).length).toBeGreaterThan(0);
});

test('any few faults', () => {
  fc.assert(fc.property(faultPlan(scenario), (plan) => simulate(scenario, { plan }).verdict === 'held'), { numRuns: 20 });
});
TEST
quiet npx --no-install vitest run subpaths
rm sagas/subpaths.test.ts
echo 'every subpath loads, and properties hold'

sed "s/after: \['reserve'\]/after: ['reserv']/" sagas/checkout.ts > sagas/misspelt.ts
sed "s|'./checkout.ts'|'./misspelt.ts'|" sagas/checkout.scenario.ts > sagas/misspelt.scenario.ts
refused npx --no-install sagastorm run ./sagas/misspelt.scenario.ts
expect "$log" 'saga "checkout", step "charge"'
expect "$log" 'Steps are: reserve, charge, ship'
rm sagas/misspelt*
echo 'a wrong definition is told with its step'

node node_modules/vitest/vitest.mjs --watch < <(sleep 60) > "$log" 2>&1 &
watcher=$!
trap 'kill "$watcher" 2> /dev/null || true' EXIT
await() { for _ in $(seq 120); do grep -q -- "$1" "$log" && return; sleep 0.5; done; fail "watch mode never said \"$1\"" "$log"; }
await '2 passed'
sed -i 's|^\( *\)// \(compensationPayload\)|\1\2|' sagas/checkout.ts
await 'checkout does not hold: all-or-nothing'
await '1 failed'
[ "$(grep -c RERUN "$log")" -le 1 ] || fail 'watch mode runs again by itself' "$log"
kill "$watcher" 2> /dev/null || true
trap - EXIT
echo 'watch mode runs again when the saga changes'
