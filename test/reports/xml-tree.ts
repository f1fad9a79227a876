// Reads XML as strictly as CI servers do, and only as much of it as reports use: elements, attributes, text, references.

export interface Node {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly Node[];
  readonly text: string;
}

const ILLEGAL = /[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/u;
const NAMED: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/** The root element; throws on anything that a parser would refuse. */
export function treeOf(document: string): Node {
  const illegal = ILLEGAL.exec(document);
  if (illegal !== null) throw new Error(`an illegal character at ${illegal.index}`);
  const [declaration] = /^<\?xml version="1\.0" encoding="UTF-8"\?>\n/.exec(document) ?? [];
  if (declaration === undefined) throw new Error('no declaration');
  const reader = new Reader(document.slice(declaration.length).trimEnd());
  const root = reader.element();
  if (!reader.isAtEnd) throw new Error('more than one root');
  return root;
}

class Reader {
  readonly #xml: string;
  #at = 0;

  constructor(xml: string) {
    this.#xml = xml;
  }

  get isAtEnd(): boolean {
    return this.#at === this.#xml.length;
  }

  element(): Node {
    const [, name = '', written = '', closed] = this.#take(/<([a-z-]+)((?: [a-zA-Z]+="[^"<]*")*)(\/)?>/y);
    const attributes: Record<string, string> = {};
    for (const [, key = '', value = ''] of written.matchAll(/ ([a-zA-Z]+)="([^"]*)"/g)) {
      if (key in attributes) throw new Error(`${key} twice`);
      attributes[key] = unescaped(value);
    }
    const children: Node[] = [];
    let text = '';
    while (closed === undefined) {
      text += unescaped(this.#take(/[^<]*/y)[0]);
      if (this.#xml.startsWith('</', this.#at)) {
        this.#take(new RegExp(`</${name}>`, 'y'));
        break;
      }
      children.push(this.element());
    }
    return { name, attributes, children, text };
  }

  #take(pattern: RegExp): RegExpExecArray {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#xml);
    if (found === null) throw new Error(`at ${this.#at}: ${this.#xml.slice(this.#at, this.#at + 40)}`);
    this.#at = pattern.lastIndex;
    return found;
  }
}

function unescaped(text: string): string {
  if (text.includes(']]>')) throw new Error(']]> in text');
  return text.replace(/&(?:#(\d+)|(\w+))?(;?)/g, (all, code?: string, name?: string, end?: string) => {
    const sign = code === undefined ? NAMED[name ?? ''] : String.fromCodePoint(Number(code));
    if (sign === undefined || end !== ';') throw new Error(`the reference ${all}`);
    return sign;
  });
}
