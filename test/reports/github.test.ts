// Workflow commands as GitHub parses them, and a job summary that it takes.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  ANNOTATIONS_MAX,
  renderAnnotations,
  renderJobSummary,
  SUMMARY_BYTES_MAX,
} from '../../reports/index.ts';
import type { RunRecord } from '../../simulator/run-record.ts';
import { broken, failing, held, inconclusive, violated } from './records.ts';

interface Command {
  readonly level: string;
  readonly properties: Readonly<Record<string, string>>;
  readonly message: string;
}

/** As the runner does: a line, its properties up to the second `::`, then the escapes. */
function commandsIn(text: string): readonly Command[] {
  return text
    .split('\n')
    .slice(0, -1)
    .map((line) => {
      const [, level, written, message] = /^::(\w+) (.*?)::(.*)$/.exec(line)!;
      const properties = written!.split(',').map((pair) => {
        const at = pair.indexOf('=');
        return [pair.slice(0, at), unescaped(pair.slice(at + 1))];
      });
      return { level: level!, properties: Object.fromEntries(properties), message: unescaped(message!) };
    });
}

function unescaped(text: string): string {
  return text.replace(/%(25|0D|0A|3A|2C)/g, (_, code: string) =>
    String.fromCharCode(Number.parseInt(code, 16)),
  );
}

describe('annotations', () => {
  test('a campaign that holds needs none', () => {
    expect(renderAnnotations([held])).toBe('');
  });

  test('a failure is told at the scenario, with seed, small run and replay command', () => {
    const [command] = commandsIn(renderAnnotations([failing(1)]));
    expect(command).toMatchObject({
      level: 'error',
      properties: {
        file: 'scenarios/bank-transfer.ts',
        line: '38',
        title: 'money-conserved (bank-transfer)',
      },
    });
    expect(command!.message.split('\n')).toEqual([
      'failure number 0',
      'seed: nightly/1841 (saga s-0 at 12.4 s; 1 of 1 run)',
      'and breaks: at-most-once',
      'shrunk: One saga and one fault (the reply is lost) break money-conserved.',
      'replay: npx sagastorm replay .sagastorm/failures/money-conserved-3f9c01ab.json',
    ]);
  });

  test("a scenario's own invariant is told at its own line", () => {
    const [violation] = violated.violations;
    const record: RunRecord = {
      ...broken,
      sometimes: [],
      slo: [],
      violations: [{ ...violation!, invariant: 'one-invoice' }],
    };
    expect(commandsIn(renderAnnotations([record]))[0]!.properties.line).toBe('52');
  });

  test('files are told from the root of the repository', () => {
    expect(renderAnnotations([broken], 'packages/shop')).toContain(
      'file=packages/shop/scenarios/bank-transfer.ts,',
    );
  });

  test('one per distinct failure up to ten; the tenth counts the rest', () => {
    const ten = commandsIn(renderAnnotations([failing(ANNOTATIONS_MAX)]));
    expect(ten.map(({ message }) => message.split('\n')[0])).toEqual(
      Array.from({ length: 10 }, (_, i) => `failure number ${i}`),
    );
    const more = commandsIn(renderAnnotations([failing(8), failing(8)]));
    expect(more).toHaveLength(ANNOTATIONS_MAX);
    expect(more.at(-1)!.message).toMatch(/^and 7 further distinct failures: /);
  });

  test('what was left open is a warning', () => {
    expect(commandsIn(renderAnnotations([inconclusive]))).toMatchObject([
      { level: 'warning', message: '7 things left open: seed nightly/0: stopped after 1000000 events' },
    ]);
  });

  test('a promise that was missed and a thing that never happened are errors', () => {
    const commands = commandsIn(renderAnnotations([broken]));
    expect(commands.map(({ properties }) => properties.title)).toEqual([
      'sometimes/the moon is reached (bank-transfer)',
      'slo/sagaP50Ms (bank-transfer)',
    ]);
  });

  test('what looks like an escape already is told as it stands', () => {
    const [violation] = violated.violations;
    const record = { ...violated, violations: [{ ...violation!, message: '100%0A, 50%25' }] };
    expect(renderAnnotations([record])).toContain('::100%250A, 50%2525%0Aseed: ');
    expect(commandsIn(renderAnnotations([record]))[0]!.message.split('\n')[0]).toBe('100%0A, 50%25');
  });

  test('whatever a message says, it is one command and says that', () => {
    const [violation] = violated.violations;
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string(), (message, file) => {
        const record = { ...violated, source: { file, line: 1 }, violations: [{ ...violation!, message }] };
        const commands = commandsIn(renderAnnotations([record]));
        expect(commands).toHaveLength(1);
        expect(commands[0]!.message.startsWith(`${message}\nseed: `)).toBe(true);
        expect(commands[0]!.properties.file).toBe(file);
      }),
    );
  });
});

describe('the job summary', () => {
  test('has verdict, failures and what was checked', () => {
    const text = renderJobSummary([failing(2)]);
    expect(text).toContain('## ✗ bank-transfer: violated');
    expect(text).toContain('**failure number 1**');
    expect(text).toContain('| DETERMINISM | ');
  });

  test('stays under the size that GitHub takes, and counts what it leaves out', () => {
    const long = 'ü€🌩'.repeat(600);
    const { violations, ...rest } = failing(400);
    const record = { ...rest, violations: violations.map((one) => ({ ...one, message: long, saga: long })) };
    const text = renderJobSummary([record, held]);
    expect(new TextEncoder().encode(text).length).toBeLessThanOrEqual(SUMMARY_BYTES_MAX);
    const shown = text.match(/^### ✗/gm)!.length;
    expect(shown).toBeGreaterThan(50);
    expect(text.trimEnd().endsWith(`… and ${400 - shown} further parts, all in the run record`)).toBe(true);
    expect(text).toContain('## ✓ bank-transfer: held');
  });
});
