// The part of PromQL that the rules and dashboards of ops/ use, read into a tree. Whatever it does not know it refuses: no
// expression is half understood. Prometheus itself reads the same files where promtool is installed: see rules.test.ts.

/** Labels of a series; the name of the metric stands under `__name__`. */
export type Labels = Readonly<Record<string, string>>;

export interface Matcher {
  readonly label: string;
  readonly op: '=' | '!=' | '=~' | '!~';
  readonly value: string;
}

export type Expression =
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'select'; readonly matchers: readonly Matcher[]; readonly rangeMs?: number }
  | { readonly kind: 'call'; readonly name: string; readonly args: readonly Expression[] }
  | {
      readonly kind: 'aggregate';
      readonly op: string;
      readonly isBy: boolean;
      readonly labels: readonly string[];
      readonly of: Expression;
    }
  | { readonly kind: 'binary'; readonly op: string; readonly left: Expression; readonly right: Expression };

const TOKEN =
  /\s*(?:(\d+(?:\.\d+)?(?:e-?\d+)?(?![\w]))|(\[\w+\])|("(?:[^"\\]|\\.)*")|([a-zA-Z_][\w:]*)|(=~|!~|!=|==|>=|<=|[-+*/(){},=<>])|(\S))/gy;
const PRECEDENCE: Readonly<Record<string, number>> = {
  or: 1,
  and: 2,
  '==': 3,
  '!=': 3,
  '>': 3,
  '<': 3,
  '>=': 3,
  '<=': 3,
  '+': 4,
  '-': 4,
  '*': 5,
  '/': 5,
};
const FUNCTIONS = ['rate', 'increase', 'histogram_quantile', 'absent'];
const AGGREGATIONS = ['sum', 'max', 'min', 'count'];
const UNITS_MS: Readonly<Record<string, number>> = { ms: 1, s: 1e3, m: 6e4, h: 3.6e6, d: 8.64e7 };

/** `5m`, `1h30m`. @throws Error when it is no duration */
export function durationMs(text: string): number {
  const parts = [...text.matchAll(/(\d+)(ms|[smhd])/g)];
  if (parts.length === 0 || parts.map(([part]) => part).join('') !== text)
    throw new Error(`no duration: ${text}`);
  return parts.reduce((sum, [, amount, unit]) => sum + Number(amount) * UNITS_MS[unit!]!, 0);
}

/** @throws Error for what is not PromQL, and for what is and is not known here */
export function parse(text: string): Expression {
  const reader = new Reader(text);
  const found = reader.binary(0);
  reader.end();
  return found;
}

/** The matchers of a series selector, such as `up{job="a"}`. */
export function matchersOf(text: string): readonly Matcher[] {
  const found = parse(text);
  if (found.kind !== 'select') throw new Error(`no selector: ${text}`);
  return found.matchers;
}

/** Every selector in an expression. */
export function selectorsIn(expression: Expression): readonly (readonly Matcher[])[] {
  switch (expression.kind) {
    case 'number':
      return [];
    case 'select':
      return [expression.matchers];
    case 'call':
      return expression.args.flatMap(selectorsIn);
    case 'aggregate':
      return selectorsIn(expression.of);
    case 'binary':
      return [...selectorsIn(expression.left), ...selectorsIn(expression.right)];
  }
}

class Reader {
  readonly #tokens: readonly string[];
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
    this.#tokens = [...text.trim().matchAll(TOKEN)].map(
      (match) => match.slice(1).find((part) => part !== undefined)!,
    );
  }

  end(): void {
    if (this.#at < this.#tokens.length) throw this.#unknown();
  }

  /** Operators of one precedence bind to the left. */
  binary(above: number): Expression {
    let left = this.#single();
    for (;;) {
      const op = this.#tokens[this.#at] ?? '';
      const precedence = PRECEDENCE[op] ?? 0;
      if (precedence <= above) return left;
      this.#at++;
      left = { kind: 'binary', op, left, right: this.binary(precedence) };
    }
  }

  #single(): Expression {
    const token = this.#take();
    if (/^\d/.test(token)) return { kind: 'number', value: Number(token) };
    if (token === '(') {
      const inner = this.binary(0);
      this.#take(')');
      return inner;
    }
    if (token === '{') return this.#selector([], true);
    if (AGGREGATIONS.includes(token)) return this.#aggregate(token);
    if (FUNCTIONS.includes(token))
      return { kind: 'call', name: token, args: this.#list(() => this.binary(0)) };
    if (!/^[a-zA-Z_]/.test(token)) throw this.#unknown(this.#at - 1);
    const isBraced = this.#tokens[this.#at] === '{';
    if (isBraced) this.#at++;
    else if (this.#tokens[this.#at] === '(') throw this.#unknown(this.#at - 1);
    return this.#selector([{ label: '__name__', op: '=', value: token }], isBraced);
  }

  #selector(named: readonly Matcher[], isBraced: boolean): Expression {
    const matchers = [...named];
    while (isBraced && this.#tokens[this.#at] !== '}') {
      const [label, op, value] = [this.#take(), this.#take(), this.#take()];
      if (!/^(=|!=|=~|!~)$/.test(op) || !value.startsWith('"')) throw this.#unknown(this.#at - 1);
      matchers.push({ label, op: op as Matcher['op'], value: JSON.parse(value) as string });
      if (this.#tokens[this.#at] === ',') this.#at++;
    }
    if (isBraced) this.#take('}');
    const range = this.#tokens[this.#at];
    if (range?.startsWith('[') !== true) return { kind: 'select', matchers };
    this.#at++;
    return { kind: 'select', matchers, rangeMs: durationMs(range.slice(1, -1)) };
  }

  /** `sum by (a) (x)`. */
  #aggregate(op: string): Expression {
    const how = this.#tokens[this.#at];
    const isGrouped = how === 'by' || how === 'without';
    if (isGrouped) this.#at++;
    const labels = isGrouped ? this.#list(() => this.#take()) : [];
    const [of] = this.#list(() => this.binary(0));
    return { kind: 'aggregate', op, isBy: how !== 'without', labels, of: of! };
  }

  #list<Item>(read: () => Item): readonly Item[] {
    this.#take('(');
    const items = [read()];
    while (this.#tokens[this.#at] === ',') {
      this.#at++;
      items.push(read());
    }
    this.#take(')');
    return items;
  }

  #take(wanted?: string): string {
    const token = this.#tokens[this.#at];
    if (token === undefined || (wanted !== undefined && token !== wanted)) throw this.#unknown();
    this.#at++;
    return token;
  }

  #unknown(at = this.#at): Error {
    return new Error(`not known here: "${this.#tokens[at] ?? 'the end'}" in ${this.#text}`);
  }
}
