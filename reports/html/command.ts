// A line to be typed, with a button that copies it.

import { html, type Markup } from './markup.ts';

/** The command, and what it does; `what` names the button for those who do not see which line it belongs to. */
export function command(text: string, what: string): Markup {
  return html`<div class="command"><code tabindex="0" aria-label="${what}">${text}</code>${copyButton(text, what)}</div>`;
}

/** A button that copies text; there only with JavaScript. */
export function copyButton(text: string, what: string): Markup {
  return html`<button type="button" class="needs-js" data-copy="${text}">Copy<span class="unseen">: ${what}</span></button>`;
}
