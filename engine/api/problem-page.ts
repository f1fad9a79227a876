// A problem as people are told it, whose browser asked for a page: in one sentence, and with a way on.

import { STATUS_CODES } from 'node:http';
import { escaped, type Page } from './page.ts';
import { type Problem, sentenceOf } from './problem.ts';

/** @param path of the page that was asked for */
export function problemPage(problem: Problem, path: string, requestId: string): Page {
  const { status, hint = '' } = problem;
  const sentence = sentenceOf(problem);
  const body = `<h1>sagastorm</h1>
<p><strong>${escaped(sentence[0]!.toUpperCase() + sentence.slice(1))}</strong> ${escaped(hint)}</p>
<p><a href="${escaped(path)}">Ask for this page again</a></p>
<p class="dim">${status} ${escaped(STATUS_CODES[status] ?? 'Error')} · request <code>${escaped(requestId)}</code></p>`;
  return { title: `sagastorm: ${sentence.replace(/\.$/, '')}`, body };
}

/** Whether it is a browser that opens something by itself: programs take whatever comes, or name JSON. */
export function asksForPage(method: string, accept: string | undefined): boolean {
  return (method === 'GET' || method === 'HEAD') && /\btext\/html\b/i.test(accept ?? '');
}
