// What a simulated peer has to be: a name, a version, and workload W.

export interface SimulationPeer {
  readonly name: string;
  /** Of the package, or `this checkout`. */
  readonly version: string;
  /** How it is run, in a few words. */
  readonly how: string;
  /** In a round, at most: fewer for the slow. */
  readonly sagasMax: number;
  /**
   * Runs W once. `round` may seed it.
   *
   * @throws Error when money, stock or a saga is missing at the end.
   */
  run(sagas: number, round: number): Promise<void>;
}
