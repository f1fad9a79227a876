// The process that the recovery benchmark kills: it begins sagas whose service stops answering after none, one or two
// steps, says `ready` when each of them waits for an answer, and from then on begins sagas that end, and says the name of
// each that was accepted, for as long as it lives.

import { Host, type HostOptions } from '../engine/live/index.ts';
import { type Place, storeAt } from './live-medium.ts';
import { APPLIED, transfer } from './live-transfer.ts';

const BUSY_LANES = 50;
const STEPS = ['reserve', 'debit', 'credit'];

const { place, sagas } = JSON.parse(process.argv[2]!) as { place: Place; sagas: number };

let waiting = 0;
const everyoneWaits = Promise.withResolvers<void>();
const transport: HostOptions['transport'] = {
  services: ['shop'],
  send(call, answers) {
    const [kind, number] = call.saga.split('-');
    if (kind === 'busy' || STEPS.indexOf(call.action) < Number(number) % STEPS.length) {
      return answers.input({ kind: 'reply', call, outcome: APPLIED });
    }
    if (++waiting === sagas) everyoneWaits.resolve();
  },
};

const host = new Host({
  store: await storeAt(place),
  transport,
  definitions: [transfer],
  sagasMax: sagas + 1_000,
});
await host.start();
await Promise.all(Array.from({ length: sagas }, (_, i) => host.create(transfer, {}, { id: `s-${i}` })));
await everyoneWaits.promise;
process.stdout.write('ready\n');

const lane = async (name: number): Promise<void> => {
  for (let i = 0; ; i++) {
    const saga = await host.create(transfer, {}, { id: `busy-${name}-${i}` });
    process.stdout.write(`${saga}\n`);
    await host.whenEnded(saga);
  }
};
await Promise.all(Array.from({ length: BUSY_LANES }, (_, i) => lane(i)));
