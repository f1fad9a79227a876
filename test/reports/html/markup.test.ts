import { expect, test } from 'vitest';
import { html, lines, type Markup, textOf } from '../../../reports/html/markup.ts';

test('text in a template is escaped, in attributes too', () => {
  const evil = `"><script>alert('&')</script>`;
  expect(textOf(html`<p title="${evil}">${evil}</p>`)).toBe(
    '<p title="&#34;&#62;&#60;script&#62;alert(&#39;&#38;&#39;)&#60;/script&#62;">&#34;&#62;&#60;script&#62;alert(&#39;&#38;&#39;)&#60;/script&#62;</p>',
  );
});

test('a template in a template stays markup, and so do lists of them', () => {
  const items = ['a', '<b>'].map((text) => html`<li>${text}</li>`);
  expect(textOf(html`<ul>${items}</ul>`)).toBe('<ul><li>a</li><li>&#60;b&#62;</li></ul>');
});

test('what is not there leaves nothing, and 0 is there', () => {
  expect(textOf(html`<p>${undefined}${false}${0}${''}</p>`)).toBe('<p>0</p>');
  expect(textOf(lines([html`a`, undefined, html`b`]))).toBe('a\nb');
});

test('data that came out of a file cannot pose as markup', () => {
  const posing = JSON.parse('{"text":"<img>","markup":"<img>"}') as Markup;
  expect(() => textOf(html`${posing}`)).toThrow();
});
