// The shop's client of the payment service as it might stand in production: on the global fetch, with its own patience and its
// own second try. It knows nothing of any simulator.
//
// `late` is the difference between the client and its corrected twin: what it says of a charge to which no answer came, that
// it was `declined`, or that nobody knows, by letting the error through.

export interface Order {
  readonly customer: string;
  readonly amount: number;
}

/** What the service said of a charge. */
export interface Charge {
  readonly isDeclined: boolean;
  readonly reason: string;
}

export type Late = 'declined' | 'unknown';

/** What the service has decided; all else may have been said by anybody, and of a request that came before. */
const FINAL: ReadonlySet<number> = new Set([402, 409]);
const PATIENCE_MS = 400;
const TRIES = 2;

export class PaymentClient {
  readonly #baseUrl: string;
  readonly #late: Late;

  constructor(baseUrl: string, late: Late) {
    this.#baseUrl = baseUrl;
    this.#late = late;
  }

  /** @param headers with the idempotency key, the same for every try */
  async charge(order: Order, headers: Readonly<Record<string, string>>): Promise<Charge> {
    try {
      const response = await this.#post('charge', order, headers);
      if (response.ok) return { isDeclined: false, reason: 'charged' };
      if (FINAL.has(response.status)) return { isDeclined: true, reason: await response.text() };
      throw new Error(`the payment service answered ${response.status}`);
    } catch (error) {
      if (this.#late === 'declined') return { isDeclined: true, reason: String(error) };
      throw error;
    }
  }

  async refund(headers: Readonly<Record<string, string>>): Promise<void> {
    const response = await this.#post('refund', {}, headers);
    if (!response.ok) throw new Error(`the payment service answered ${response.status}`);
  }

  /** Tries again once when no answer comes, or one that says nothing. */
  async #post(path: string, body: unknown, headers: Readonly<Record<string, string>>): Promise<Response> {
    for (let tries = 1; ; tries++) {
      try {
        const signal = AbortSignal.timeout(PATIENCE_MS);
        const init = { method: 'POST', headers, body: JSON.stringify(body), signal };
        const response = await fetch(`${this.#baseUrl}/${path}`, init);
        if (response.status < 500 || tries === TRIES) return response;
      } catch (error) {
        if (tries === TRIES) throw error;
      }
      await new Promise((resolve) => setTimeout(resolve, 50 * Math.random()));
    }
  }
}
