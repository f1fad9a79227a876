// A service that only keeps records: `create` opens one, `cancel` closes it. What orders and shipping have in common.

import type { Applied, Call, Outcome, ParticipantEnv } from '../engine/core/protocol.ts';
import type { Service } from '../engine/fence/index.ts';
import { APPLIED, checkOption, type Failing, fails, refuse, unknownAction } from './answers.ts';
import { LedgerBook } from './ledger.ts';

/** What kind of records a {@link Registry} keeps. */
export interface RegistrySpec {
  /** Names the record in results, reasons and draws: `order` gives the result `{ order: 'order-<saga>' }`. */
  readonly noun: string;
  /** What the ids begin with; default the noun. */
  readonly prefix?: string;
  /** How many creations are refused for good (`business`), whatever the attempt. Default none. */
  readonly createFails?: Failing;
}

const ACTIONS = ['create', 'cancel'] as const;
const NEVER: Failing = { permille: 0 };

/**
 * `create` takes any payload and answers with an id that is made from the saga's; `cancel` is its compensation. The
 * ledger entries are the records: nothing else is kept.
 *
 * @throws UserError `bad-option` when `createFails.permille` is not a whole number from 0 to 1,000.
 */
export class Registry implements Service {
  readonly actions: readonly string[] = ACTIONS;
  readonly ledger = new LedgerBook();
  readonly #spec: Required<RegistrySpec>;
  readonly #drawName: string;

  constructor({ noun, prefix = noun, createFails = NEVER }: RegistrySpec) {
    checkOption('createFails.permille', createFails.permille, 0, 1000);
    this.#spec = { noun, prefix, createFails };
    this.#drawName = `${noun}-create-fails`;
  }

  /** A record is its saga's alone. */
  records(): readonly string[] {
    return [];
  }

  apply(call: Call, env: ParticipantEnv): Outcome {
    if (call.action !== 'create') return unknownAction(call);
    const { noun, prefix, createFails } = this.#spec;
    if (fails(createFails, this.#drawName, call, env)) return refuse('business', `the ${noun} is refused`);
    this.ledger.note(call);
    return { kind: 'applied', result: { [noun]: `${prefix}-${call.saga}` } };
  }

  undo(call: Call, _forward: Applied): Outcome {
    if (call.action !== 'cancel') return unknownAction(call);
    this.ledger.note(call);
    return APPLIED;
  }
}
