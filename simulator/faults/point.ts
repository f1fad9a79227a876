// The name of the place where a fault can strike. Points are keyed by what they are about, never by a running
// count over the whole run: leaving one fault out does not rename the points of the others (S5).

/** Where in the world, as an integer and as it is written in a plan. */
export const PLACES = [
  'request',
  'reply',
  'handler',
  'append',
  'before-append',
  'after-append',
  'before-send',
  'after-send',
  'input',
] as const;

export type Place = (typeof PLACES)[number];

export const PLACE = Object.fromEntries(PLACES.map((place, i) => [place, i])) as Readonly<
  Record<Place, number>
>;

/** How the integers of a point read: which saga, which step. */
export interface PointNames {
  saga(index: number): string;
  step(saga: number, step: number): string;
}

/**
 * The text of a point. `y` is step × 2 + direction, or the version before an append; `z` counts repetitions.
 *
 * @example
 * 's-12/credit/forward#2:reply'  // the second transmission of the call, or a copy of it: '#2+copy'
 * 's-12@3#1:append'              // the first try to append after version 3
 * 's-12#7:input'                 // the seventh input that concerns the saga
 */
export function pointText(names: PointNames, place: number, x: number, y: number, z: number): string {
  const saga = names.saga(x);
  const suffix = PLACES[place]!;
  if (place === PLACE.input) return `${saga}#${z}:${suffix}`;
  if (place === PLACE.append || place === PLACE['before-append'] || place === PLACE['after-append']) {
    return `${saga}@${y}#${z}:${suffix}`;
  }
  const direction = (y & 1) === 0 ? 'forward' : 'compensation';
  const copy = (z & 1) === 1 ? '+copy' : '';
  return `${saga}/${names.step(x, y >> 1)}/${direction}#${z >> 1}${copy}:${suffix}`;
}
