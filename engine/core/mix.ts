// Integer mixing: the same bits on every machine and every engine version (E11).

/** The finaliser of MurmurHash3 (A. Appleby): every input bit flips about half of the output bits. */
export function mix32(h: number): number {
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/** Joins one more word to a hash. Order matters. */
export function join32(h: number, word: number): number {
  h = Math.imul(h ^ Math.imul(word, 0xcc9e2d51), 0x1b873593);
  return (((h << 13) | (h >>> 19)) + 0x52dce729) | 0;
}

/** A 32-bit hash of a string, from its UTF-16 units. */
export function hash32(text: string): number {
  let h = text.length | 0;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  return mix32(h);
}
