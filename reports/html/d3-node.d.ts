// What the reports use of d3-node and of the d3 inside it, which come without types.

declare module 'd3-node' {
  /** Elements of a drawing; methods that take a value return the selection itself, `append` what was added. */
  export interface Selection {
    append(name: string): Selection;
    attr(name: string, value: string | number | null): Selection;
    text(value: string | number): Selection;
    selectAll(selector: string): Selection;
    size(): number;
    remove(): Selection;
    node(): { readonly outerHTML: string };
  }

  export interface Scale {
    (value: number): number;
    domain(values: readonly number[]): Scale;
    range(values: readonly number[]): Scale;
    clamp(isClamped: boolean): Scale;
    nice(): Scale;
    ticks(count?: number): number[];
  }

  export type Point = readonly [x: number, y: number];
  type Curve = { readonly curve: unique symbol };

  export interface Line {
    (points: readonly Point[]): string | null;
    /** Decimals of the coordinates. */
    digits(count: number): Line;
    curve(curve: Curve): Line;
    defined(isDefined: (point: Point) => boolean): Line;
  }

  export interface D3 {
    scaleLinear(): Scale;
    scaleLog(): Scale;
    scaleSymlog(): Scale & { constant(value: number): Scale };
    line(): Line;
    readonly curveStepAfter: Curve;
    readonly curveLinear: Curve;
    readonly curveMonotoneX: Curve;
  }

  export class D3Node {
    /** `container`: a document to begin with. */
    constructor(options?: { readonly container?: string });
    readonly d3: D3;
    readonly document: unknown;
    createSVG(): Selection;
  }
}
