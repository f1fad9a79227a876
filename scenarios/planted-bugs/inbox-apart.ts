// The handler looks whether it has processed the event, acts, and then writes that it has. Two transactions: when the
// process dies between them, or two copies come at once, the check is passed twice. An order flow in Java calls this
// the good example.

import { Inbox, ReactiveService } from '../../engine/choreography/index.ts';
import type { Call, Outcome, Participant, ParticipantEnv } from '../../engine/index.ts';
import { choreographedOrders, type MakeService } from './choreographed-order.ts';
import { plantedBug } from './planted-bug.ts';

/** What the inbox takes down is lost when the process dies before its second commit. */
class InboxApart implements Participant {
  readonly actions: readonly string[];
  readonly ledger: Participant['ledger'];
  readonly #make: (inbox: Inbox) => Participant;
  #service: Participant;

  constructor(make: (inbox: Inbox) => Participant) {
    this.#make = make;
    this.#service = make(new Inbox());
    this.actions = this.#service.actions;
    this.ledger = this.#service.ledger;
  }

  handle(call: Call, env: ParticipantEnv): Outcome {
    const outcome = this.#service.handle(call, env);
    try {
      env.commit();
    } catch (died) {
      this.#service = this.#make(new Inbox());
      throw died;
    }
    return outcome;
  }
}

const apart: MakeService = (participant, choreography, service) =>
  new InboxApart((inbox) => new ReactiveService(service, participant, [choreography], inbox));

export const bug = plantedBug({
  how: 'The effect is committed before the note that the event was processed, and a crash between the two repeats it',
  mended: 'The note is a row with a unique key in the transaction of the effect.',
  lookFor:
    'Look for a check, an effect and a note that are not one transaction. Kill the process after the effect and deliver again.',
  caughtBy: ['at-most-once', 'all-or-nothing', 'money-conserved', 'status-is-true'],
  trigger: ['crash-inside'],
  seenIn:
    'an order flow in Java (`if (!processedEvents.contains(…)) { charge(…); processedEvents.add(…); }`)',
  wrong: choreographedOrders({
    name: 'inbox-apart',
    title: 'Check, act, and take it down later',
    services: { payment: apart },
  }),
  right: choreographedOrders({
    name: 'inbox-apart-corrected',
    title: 'Act and take it down at once',
  }),
});

export default bug.wrong;
