// Pieces of XML whose text stays text, whatever it says.

/** Attributes in the order given; those that are undefined are left out. */
export type Attributes = Readonly<Record<string, string | number | undefined>>;

/** An element with children that are XML already, or empty. */
export function element(name: string, attributes: Attributes, children: readonly string[] = []): string {
  const written = Object.entries(attributes)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => ` ${key}="${attribute(String(value))}"`)
    .join('');
  return children.length === 0 ? `<${name}${written}/>` : `<${name}${written}>${children.join('')}</${name}>`;
}

/** Text between tags. */
export function text(value: string): string {
  return legal(value).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** A parser makes spaces of line ends in attributes, unless they are written as references. */
function attribute(value: string): string {
  return text(value)
    .replaceAll('"', '&quot;')
    .replaceAll('\t', '&#9;')
    .replaceAll('\n', '&#10;')
    .replaceAll('\r', '&#13;');
}

const CONTROL_PICTURES = 0x2400;

/** XML 1.0 has no way to write most control characters, nor half a character: their pictures stand for them. */
function legal(value: string): string {
  return value.toWellFormed().replace(/[\p{Cc}\uFFFE\uFFFF]/gu, (sign) => {
    const code = sign.codePointAt(0)!;
    if (sign === '\t' || sign === '\n' || sign === '\r' || (code >= 0x80 && code <= 0x9f)) return sign;
    if (code > 0x9f) return '\uFFFD';
    return code === 0x7f ? '\u2421' : String.fromCodePoint(CONTROL_PICTURES + code);
  });
}
