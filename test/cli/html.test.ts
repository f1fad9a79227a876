// `--reporter html`: where pages go, that the terminal names them, and that a gallery leads to them.

import { existsSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { withoutMeta } from '../../reports/html/page.ts';
import { fixture, freshFolder, line } from './sagastorm.ts';

const honest = fixture('honest.ts');
const promises = fixture('promises.ts');
const HTML = ['--seed', '7', '--reporter', 'html'];

function read(...path: readonly string[]): string {
  return readFileSync(join(...path), 'utf8');
}

describe.concurrent('sagastorm … --reporter html', () => {
  test('run writes a page into the folder of results, and the report on the terminal names it', async () => {
    const folder = freshFolder();
    const { code, stdout } = await line(['run', honest, ...HTML], folder);
    expect(stdout).toContain('report .sagastorm/report.html');
    expect(stdout).toMatch(/ HELD\n$/);
    expect(read(folder, '.sagastorm/report.html')).toContain('✓ Held: honest');
    expect(code).toBe(0);
  });

  test('report writes the same page beside a stored record', async () => {
    const folder = freshFolder();
    await line(['run', honest, ...HTML, '--out', 'first'], folder);
    const made = read(folder, 'first/report.html');
    await line(['report', 'first/run.json', '--reporter', 'html=again/page.html'], folder);
    expect(read(folder, 'again/page.html')).toBe(made);
    await line(['run', honest, ...HTML, '--out', 'second'], folder);
    expect(withoutMeta(read(folder, 'second/report.html'))).toBe(withoutMeta(made));
  });

  test('several scenarios get a page each, and a gallery that leads to them', async () => {
    const folder = freshFolder();
    const { stderr } = await line(['run', honest, promises, ...HTML, '--quiet'], folder);
    expect(stderr).toBe('The reports of all: .sagastorm/report.html\n');
    const gallery = read(folder, '.sagastorm/report.html');
    for (const scenario of ['honest', 'promises']) {
      expect(gallery).toContain(`href="${scenario}/report.html"`);
      expect(read(folder, '.sagastorm', scenario, 'report.html')).toContain(`<h1>${scenario}</h1>`);
    }
  });

  test('a page that was named is written there, and other reports stay as they are', async () => {
    const folder = freshFolder();
    const words = ['run', honest, '--seed', '7', '--reporter', 'html=site/index.html', '--reporter', 'line'];
    const { stdout } = await line(words, folder);
    expect(stdout).toMatch(/^held · honest [^\n]*\n$/);
    expect(read(folder, 'site/index.html')).toContain('✓ Held: honest');
    expect(existsSync(join(folder, '.sagastorm/report.html'))).toBe(false);
  });

  test('the card of a failure leads to its debugger page, wherever the record is moved with it, and to none that is gone', async () => {
    const folder = freshFolder();
    await line(['run', resolve('scenarios/planted-bugs/oversell.ts'), ...HTML, '--quiet'], folder);
    const link = /href="(failures\/[^"]+\.html)">Open in the debugger</.exec(
      read(folder, '.sagastorm/report.html'),
    );
    expect(existsSync(join(folder, '.sagastorm', link![1]!))).toBe(true);
    renameSync(join(folder, '.sagastorm'), join(folder, 'artefact'));
    const moved = ['report', 'artefact/run.json', '--reporter', 'html'];
    const { stdout } = await line(moved, folder);
    expect(stdout).toMatch(/replay +node \S+ replay artefact\/failures\/\S+\.json\n/);
    expect(read(folder, 'artefact/report.html')).toContain(`href="${link![1]}">Open in the debugger<`);
    expect(read(folder, 'artefact/report.html')).toMatch(/<code[^>]*>node \S+ replay artefact\/failures\//);
    renameSync(join(folder, 'artefact'), join(folder, '.sagastorm'));
    rmSync(join(folder, '.sagastorm/failures'), { recursive: true });
    await line(['report', '.sagastorm/run.json', '--reporter', 'html'], folder);
    expect(read(folder, '.sagastorm/report.html')).not.toContain('Open in the debugger');
  });

  test('a comparison and its brief are pages beside its record, and stored ones are told again', async () => {
    const folder = freshFolder();
    const words = [
      'compare',
      honest,
      '--policy',
      'default',
      '--policy',
      'patient',
      '--seeds',
      '2',
      '--seed',
      '7',
    ];
    const both = ['--reporter', 'html', '--reporter', 'brief-html'];
    const { code, stdout, stderr } = await line([...words, ...both, '--quiet'], folder);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout.replace(/\s+/g, ' ')).toContain(
      'report .sagastorm/compare.html, .sagastorm/compare-brief.html',
    );
    const made = read(folder, '.sagastorm/compare.html');
    expect(made).toContain('<h1>Policies for honest</h1>');
    expect(read(folder, '.sagastorm/compare-brief.html')).toContain('Which policy for honest');
    await line(['report', '.sagastorm/compare.json', '--reporter', 'html=again.html'], folder);
    expect(read(folder, 'again.html')).toBe(made);
    const record = '.sagastorm/compare.json';
    const two = await line(['report', record, record, '--reporter', 'html=one.html'], folder);
    expect([two.code, two.stderr]).toEqual([64, expect.stringContaining('cannot hold the pages of several')]);
  });
});
