// The body of a request: JSON, within bounds, and meaning the same to whoever reads it later.
//
// B1. It is counted while it comes: what is too long is never held. Nesting is counted before anything is built.
// B2. What JSON can write but we could not keep exactly is refused, not rounded: numbers of more digits than a number
//     has, U+0000, members called `__proto__`.

import { bad, Problem } from './problem.ts';

export interface BodyBounds {
  readonly bodyBytesMax: number;
  readonly jsonDepthMax: number;
}

/**
 * The JSON value in the body; undefined when there is no body and `isOptional`.
 *
 * @throws Problem 400 `no-body`, `bad-json`, `body-cut`; 413 `body-too-long`; 415 `not-json`
 */
export async function readJson(request: Request, bounds: BodyBounds, isOptional: boolean): Promise<unknown> {
  const { headers } = request;
  const declared = headers.get('content-length');
  if (declared !== null && Number(declared) > bounds.bodyBytesMax) throw tooLong(bounds);
  const type = headers.get('content-type');
  if (type !== null) checkType(type, headers.get('content-encoding'));
  const bytes = await readBytes(request, bounds);
  if (bytes.length === 0) {
    if (isOptional) return undefined;
    throw bad('the request has no body', 'Send a JSON object.', 'no-body');
  }
  if (type === null) throw notJson('the body has no content-type');
  return parsed(textOf(bytes), bounds);
}

function checkType(type: string, encoding: string | null): void {
  const [, media = '', charset = 'utf-8'] =
    /^\s*([^;\s]+)\s*(?:;\s*charset\s*=\s*"?([^";\s]+)"?\s*)?;?\s*$/i.exec(type) ?? [];
  if (media.toLowerCase() !== 'application/json')
    throw notJson('the body is not declared as application/json');
  if (!/^utf-?8$/i.test(charset)) throw notJson('JSON is written in UTF-8');
  if (encoding !== null && encoding.toLowerCase() !== 'identity')
    throw notJson('a compressed body is not taken');
}

function notJson(detail: string): Problem {
  const hint = 'Send Content-Type: application/json.';
  return new Problem({ status: 415, code: 'not-json', detail, hint });
}

function tooLong({ bodyBytesMax }: BodyBounds): Problem {
  return new Problem({
    status: 413,
    code: 'body-too-long',
    detail: `the body has more than ${bodyBytesMax} bytes`,
    hint: 'Send less.',
    headers: { connection: 'close' },
  });
}

/** B1. */
async function readBytes(request: Request, bounds: BodyBounds): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  const reader = request.body?.getReader();
  if (reader === undefined) return Buffer.alloc(0);
  for (;;) {
    const { done, value } = await reader.read().catch((error: unknown) => {
      throw bad(
        `the body ended early: ${error instanceof Error ? error.name : 'cut'}`,
        undefined,
        'body-cut',
      );
    });
    if (done) return Buffer.concat(chunks);
    length += value.byteLength;
    if (length > bounds.bodyBytesMax) {
      void reader.cancel().catch(() => undefined);
      throw tooLong(bounds);
    }
    chunks.push(value);
  }
}

function textOf(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw bad('the body is not UTF-8', 'Write it in UTF-8.', 'bad-json');
  }
}

function parsed(text: string, { jsonDepthMax }: BodyBounds): unknown {
  if (depthOf(text) > jsonDepthMax) {
    throw bad(`the body is nested more than ${jsonDepthMax} deep`, 'Make it flatter.', 'bad-json');
  }
  try {
    return JSON.parse(text, keptExactly);
  } catch (error) {
    if (error instanceof Problem) throw error;
    const why = error instanceof SyntaxError ? error.message.replace(/\s+/g, ' ').slice(0, 160) : 'no value';
    throw bad(`the body is not JSON: ${why}`, 'See /docs for an example.', 'bad-json');
  }
}

/** How deep the brackets of a text go, without those within strings. */
function depthOf(text: string): number {
  let depth = 0;
  let deepest = 0;
  for (let i = 0; i < text.length; i++) {
    const sign = text.charCodeAt(i);
    if (sign === QUOTE) {
      for (i++; i < text.length && text.charCodeAt(i) !== QUOTE; i++)
        if (text.charCodeAt(i) === BACKSLASH) i++;
    } else if (sign === OPEN_LIST || sign === OPEN_RECORD) deepest = Math.max(deepest, ++depth);
    else if (sign === CLOSE_LIST || sign === CLOSE_RECORD) depth--;
  }
  return deepest;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const OPEN_RECORD = 0x7b;
const CLOSE_RECORD = 0x7d;

/** B2. A reviver; `source` is the text of a number. */
function keptExactly(name: string, value: unknown, context?: { readonly source?: string }): unknown {
  if (name === '__proto__') throw bad('a member is called "__proto__"', 'Give it another name.', 'bad-json');
  if (name.includes('\0') || (typeof value === 'string' && value.includes('\0'))) {
    throw bad('a text holds U+0000', 'Leave it out.', 'bad-json');
  }
  if (typeof value === 'number' && !isExact(value, context?.source ?? String(value))) {
    throw bad('a number has more digits than a number keeps exactly', 'Write it as text.', 'bad-json');
  }
  return value;
}

/** Whether the number is the decimal that was written: the same digits at the same place. */
function isExact(value: number, source: string): boolean {
  if (!Number.isFinite(value) || (Number.isInteger(value) && !Number.isSafeInteger(value))) return false;
  return decimalOf(source) === decimalOf(String(value));
}

/** The digits without zeros at either end, and the power of ten of the last. */
function decimalOf(text: string): string {
  const [, whole = '', fraction = '', exponent = '0'] =
    /^-?(\d+)(?:\.(\d+))?(?:e([+-]?\d+))?$/i.exec(text) ?? [];
  const digits = (whole + fraction).replace(/^0+/, '');
  let end = digits.length; // an expression for zeros at the end would begin anew at each zero before them
  while (digits[end - 1] === '0') end--;
  const kept = digits.slice(0, end);
  return kept === '' ? '0' : `${kept}e${Number(exponent) - fraction.length + digits.length - kept.length}`;
}
