import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { html } from '../../../reports/html/markup.ts';
import { renderPage, withoutMeta } from '../../../reports/html/page.ts';

const page = renderPage({
  title: 'A <title>',
  body: html`<h1>Body</h1>`,
  data: { record: { text: '</script><script>alert(1)</script><!--' } },
  meta: { body: html`<p>took 12 ms</p>`, data: { 'record-meta': { wallMs: 12 } } },
  style: '.own { color: red }',
  scripts: ['void 0;'],
});

function hash(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}

test('a page asks for nothing from elsewhere', () => {
  expect(page).not.toMatch(/\b(src|href)="(?!#)/);
  expect(page).not.toMatch(/@import|url\((?!#)/);
});

test('its policy allows just the style and the scripts that it has', () => {
  const [, policy = ''] = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(page)!;
  const [, style = ''] = /<style>([\s\S]*?)<\/style>/.exec(page)!;
  const scripts = [...page.matchAll(/<script>([\s\S]*?)<\/script>/g)].map((found) => found[1]!);
  expect(scripts).toHaveLength(2);
  expect(policy.replaceAll('&#39;', "'")).toBe(
    `default-src 'none'; style-src ${hash(style)}; script-src ${scripts.map(hash).join(' ')}; base-uri 'none'; form-action 'none'`,
  );
});

test('no element has a style of its own, which the policy would refuse', () => {
  expect(page).not.toMatch(/ style="/);
});

test('embedded data cannot end the element that it stands in, and reads back the same', () => {
  const [, data = ''] = /<script type="application\/json" id="record">([\s\S]*?)<\/script>/.exec(page)!;
  expect(JSON.parse(data)).toEqual({ text: '</script><script>alert(1)</script><!--' });
});

test('what may differ between equal results stands in the meta block only', () => {
  expect(page).toContain('took 12 ms');
  expect(withoutMeta(page)).not.toContain('took 12 ms');
  expect(withoutMeta(page)).not.toContain('wallMs');
  expect(withoutMeta(page)).toContain('Body');
});

test('the title is text', () => {
  expect(page).toContain('<title>A &#60;title&#62;</title>');
});
