// no-lost-event. What was acknowledged is there whenever anybody looks.

import type { CaseFile, InvariantFactory, LogView } from './invariant.ts';

export const noLostEvent: InvariantFactory = (report) => {
  const check = (log: LogView, file: CaseFile): void => {
    if (log.length < file.acknowledged) {
      report.violated(`${file.acknowledged} events were acknowledged, the store holds ${log.length}`, file);
    }
  };
  return {
    id: 'no-lost-event',
    statement: 'Every acknowledged append survives; every committed message is handled',
    onAppended: (_events, log, file) => check(log, file),
    onRecovered: check,
    onEnded: (_ending, log, file) => check(log, file),
  };
};
