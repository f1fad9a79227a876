// What the calls of sagas cost, roughly: participants as functions that are paid per call, by a small price table. For
// comparing policies, where what counts is the ratio; an invoice has more lines.

/** Prices in US dollars. */
export interface PriceTable {
  /** Per million calls. */
  readonly perMillionCalls: number;
  /** Per gigabyte-second of work. */
  readonly perGigabyteSecond: number;
  /** How long one call works, in milliseconds, and with how much memory, in megabytes. */
  readonly callMs: number;
  readonly memoryMb: number;
  /** Of one always-on server per hour. */
  readonly serverPerHour: number;
}

/** AWS, us-east-1, x86, list prices of 2024: Lambda, and t3.small on demand; 100 ms at 512 MB per call. */
export const PRICES: PriceTable = {
  perMillionCalls: 0.2,
  perGigabyteSecond: 0.0000166667,
  callMs: 100,
  memoryMb: 512,
  serverPerHour: 0.0208,
};

const MILLION = 1_000_000;
const HOURS_PER_MONTH = 730;

/**
 * So many calls, paid one by one, in dollars.
 *
 * @example
 * costOfCalls(1_000_000); // 1.033335: 0.20 for the calls, 0.83 for 50,000 gigabyte-seconds
 */
export function costOfCalls(calls: number, prices: PriceTable = PRICES): number {
  const gigabyteSeconds = calls * (prices.callMs / 1_000) * (prices.memoryMb / 1_024);
  return (calls / MILLION) * prices.perMillionCalls + gigabyteSeconds * prices.perGigabyteSecond;
}

/** Always-on servers for a month, in dollars. */
export function costOfServers(servers: number, prices: PriceTable = PRICES): number {
  return servers * prices.serverPerHour * HOURS_PER_MONTH;
}

/** The calls of a million sagas, in dollars. */
export function costPerMillionSagas(callsPerSaga: number, prices: PriceTable = PRICES): number {
  return costOfCalls(callsPerSaga * MILLION, prices);
}

/** What the cost rests on, in a sentence. */
export const COST_ASSUMPTION = `The cost is that of the calls alone, each a function of ${PRICES.callMs} ms with ${PRICES.memoryMb} MB at $${PRICES.perMillionCalls.toFixed(2)} per million calls and $${PRICES.perGigabyteSecond} per gigabyte-second (AWS Lambda, us-east-1).`;
