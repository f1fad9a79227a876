// `sagastorm list`: which scenarios come with the package.

import { labelled } from '../../reports/layout.ts';
import { counted } from '../../reports/wording.ts';
import { listScenarios, type ScenarioSummary } from '../../simulator/campaign/load-scenario.ts';
import { STANDARD_POLICIES } from '../../simulator/campaign/policy-choice.ts';
import { type GivenFlags, refuseWords } from '../command-line.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { isGiven } from '../flags.ts';
import { LIST } from '../specs.ts';
import { palette, print, width } from '../terminal.ts';

const WIDTH_MAX = 80;

export async function list(words: readonly string[], given: GivenFlags): Promise<ExitCode> {
  refuseWords(words, LIST);
  const scenarios = await listScenarios();
  print(
    isGiven(given, 'json') ? `${JSON.stringify(scenarios)}\n` : table(scenarios, isGiven(given, 'no-color')),
  );
  return EXIT.held;
}

function table(scenarios: readonly ScenarioSummary[], noColor: boolean): string {
  const { bold, dim } = palette(noColor);
  const column = Math.max(...scenarios.map(({ name }) => name.length)) + 2;
  const beside = (label: string, text: string): readonly string[] =>
    labelled(` ${label}`, text, column + 1, Math.min(width(), WIDTH_MAX));
  const lines = scenarios.flatMap(({ name, title, sagas, policies, sagasPerRun }) => {
    const own = policies.length === 0 ? '' : ` · policies ${policies.join(', ')}`;
    const detail = `${counted(sagasPerRun, 'saga')} per run: ${sagas.join(', ')}${own}`;
    const [first = '', ...more] = beside(name, title);
    return [first.replace(name, bold), ...more, ...beside('', detail).map(dim)];
  });
  return `${[...lines, '', dim(` Policies for all: ${STANDARD_POLICIES.join(', ')}`)].join('\n')}\n`;
}
