// A page read as browsers read it. The document is that of d3-node, with as much of its interface as tests need.

import { D3Node } from 'd3-node';

export interface PageNode {
  readonly id: string;
  readonly textContent: string;
  readonly innerHTML: string;
  readonly dataset: Readonly<Record<string, string | undefined>>;
  getAttribute(name: string): string | null;
  querySelector(selector: string): PageNode | null;
  querySelectorAll(selector: string): Iterable<PageNode>;
}

/** The document of a page; its root is the body. */
export function pageTree(html: string): PageNode {
  const { body } = new D3Node({ container: html }).document as { readonly body: PageNode };
  return body;
}

/** The first that matches; there is one. */
export function one(within: PageNode, selector: string): PageNode {
  const found = within.querySelector(selector);
  if (found === null) throw new Error(`there is no ${selector}`);
  return found;
}

export function all(within: PageNode, selector: string): readonly PageNode[] {
  return [...within.querySelectorAll(selector)];
}

/** What it says, with single spaces. */
export function text(within: PageNode, selector: string): string {
  return one(within, selector).textContent.replace(/\s+/g, ' ').trim();
}

/** The cells of a table's body, by the name of the table. */
export function rowsOf(within: PageNode, name: string): readonly (readonly string[])[] {
  const rows = all(one(within, `table[data-name="${name}"]`), 'tbody tr');
  return rows.map((row) => all(row, 'th, td').map((cell) => cell.textContent.replace(/\s+/g, ' ').trim()));
}
