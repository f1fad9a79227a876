// W as an Effect program: sleeps for latencies, a typed error for a credit that fails, retry with a schedule,
// compensation when the retries are used up. Which clock it sleeps on is the runner's business.

import { Data, Duration, Effect, Schedule } from 'effect';
import { ATTEMPTS_MAX, type Shop } from './shop.ts';

class CreditFailed extends Data.TaggedError('CreditFailed') {}

const sleep = (shop: Shop) => Effect.suspend(() => Effect.sleep(shop.latencyMs()));

const call = <A, E>(shop: Shop, act: Effect.Effect<A, E>) =>
  Effect.gen(function* () {
    yield* sleep(shop);
    const answer = yield* Effect.exit(act);
    yield* sleep(shop);
    return yield* answer;
  });

const credit = (shop: Shop, saga: number) =>
  Effect.suspend(() => (shop.credit(saga) ? Effect.void : Effect.fail(new CreditFailed())));

/** 10 ms doubled, times 0.5 to 1.5. */
const backoff = (shop: Shop) =>
  Schedule.exponential('10 millis').pipe(
    Schedule.modifyDelay(({ duration }) => Effect.sync(() => Duration.times(duration, shop.jitter()))),
  );

const runSaga = (shop: Shop, schedule: ReturnType<typeof backoff>, saga: number) =>
  Effect.gen(function* () {
    yield* call(
      shop,
      Effect.sync(() => shop.reserve(saga)),
    );
    yield* call(
      shop,
      Effect.sync(() => shop.debit(saga)),
    );
    yield* call(shop, credit(shop, saga)).pipe(Effect.retry({ schedule, times: ATTEMPTS_MAX - 1 }));
    shop.completed++;
  }).pipe(
    Effect.catchTag('CreditFailed', () =>
      Effect.gen(function* () {
        yield* call(
          shop,
          Effect.sync(() => shop.undebit(saga)),
        );
        yield* call(
          shop,
          Effect.sync(() => shop.release(saga)),
        );
        shop.compensated++;
      }),
    ),
  );

/** All sagas of the shop, each a fiber of its own. */
export const runSagas = (shop: Shop): Effect.Effect<void> => {
  const schedule = backoff(shop);
  const all = Array.from({ length: shop.sagas }, (_, saga) => saga);
  return Effect.forEach(all, (saga) => runSaga(shop, schedule, saga), {
    concurrency: 'unbounded',
    discard: true,
  });
};
