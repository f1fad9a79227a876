// What the functions of a step are given: everything that is certain and will not change between two attempts (E4).

/** What the payload of a forward call is made from. */
export interface ForwardContext<Input> {
  readonly saga: string;
  readonly input: Input;
  /**
   * Results of the steps that this one comes after, directly or not, by name; steps without a result are left out. No
   * others: a parallel step may be applied between two attempts, and the payload must not change (E4).
   */
  readonly results: Readonly<Record<string, unknown>>;
}

/** What the payload of a compensation is made from. */
export interface CompensationContext<Input> extends ForwardContext<Input> {
  /** The result of the step that is undone, or `undefined` when its outcome is unknown (E2). */
  readonly result: unknown;
}
