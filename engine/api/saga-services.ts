// Which service does which step of a saga: by its definition where that is known here, or by what the saga brought along.

import type { StoredEvent } from '../core/ports.ts';
import { UserError } from '../core/user-error.ts';
import type { LiveEngine } from '../live/index.ts';
import { type ServiceOf, servicesIn } from '../observe/index.ts';

/** The service of each step of a saga, by its definition; the step's own name where that is not known here. */
export function servicesBy(engine: Pick<LiveEngine, 'fold'>, log: readonly StoredEvent[]): ServiceOf {
  try {
    const steps = engine.fold(log)?.definition.steps ?? [];
    const services = new Map(steps.map(({ name, service }) => [name, service]));
    return (step) => services.get(step) ?? step;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return servicesIn(log);
  }
}
