// HTML as values. A template of `html` is markup; whatever else is put into one is text, and escaped.
//
// H1. Text goes into a page escaped, always, attributes included (which templates write in quotes). Nothing that comes
//     out of a file can pose as markup: the mark is a symbol of this module.

const MARKUP = Symbol('markup');

/** Text that is HTML. */
export interface Markup {
  readonly [MARKUP]: string;
}

/** What a template takes: markup as it is, text escaped, lists one after the other, nothing for what is not there. */
export type Part = Markup | string | number | undefined | false | readonly Part[];

/** Markup from a template: `` html`<p>${text}</p>` ``. */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  const text = strings.slice(1).reduce((all, literal, i) => all + rendered(parts[i]) + literal, strings[0]!);
  return trusted(text);
}

/** Text that is known to be HTML, because it was drawn, not read. */
export function trusted(text: string): Markup {
  return { [MARKUP]: text };
}

/** Several pieces one after the other, with a line break between them. */
export function lines(parts: readonly Part[]): Markup {
  return trusted(
    parts
      .map(rendered)
      .filter((text) => text !== '')
      .join('\n'),
  );
}

/** The HTML itself. */
export function textOf(markup: Markup): string {
  return markup[MARKUP];
}

/** H1. */
export function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}

function rendered(part: Part): string {
  if (part === undefined || part === false) return '';
  if (typeof part === 'string') return escaped(part);
  if (typeof part === 'number') return String(part);
  return isMarkup(part) ? part[MARKUP] : part.map(rendered).join('');
}

function isMarkup(part: Markup | readonly Part[]): part is Markup {
  return MARKUP in part;
}
