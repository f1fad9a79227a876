// What a benchmark is: something to do, so many times a round, and a reference that is done beside it in the same round.
// Machines drift by a third within minutes, so only the ratio of the two means anything.

/** Something that is timed. */
export interface Work {
  readonly title: string;
  /** What is done in a round, so often; a rate is made of it. */
  readonly count: number;
  /** Must throw when the result is wrong: a fast wrong answer is none. */
  run(round: number): void | Promise<void>;
}

/** One figure: a rate, and how it stands to its reference. */
export interface Measure extends Work {
  /** `suite/name`, in lower case; stays the same from version to version. */
  readonly id: string;
  /** What `count` counts, in the plural. */
  readonly unit: string;
  readonly reference: Work;
}

/** Measures that are set up together, and what is left of it is cleared away. */
export interface OpenSuite {
  readonly measures: readonly Measure[];
  close(): void | Promise<void>;
}

/** Some measures of one part of the program. */
export interface Suite {
  readonly name: string;
  readonly about: string;
  open(): Promise<OpenSuite>;
}

/** A suite that needs nothing to be set up. */
export function suite(name: string, about: string, measures: () => readonly Measure[]): Suite {
  return { name, about, open: async () => ({ measures: measures(), close: () => undefined }) };
}
