// HTTP in a simulated run, as plain data: it crosses the simulated network, and threads.

/** Names in lower case; one that comes several times stands there several times. */
export type HeaderList = readonly (readonly [name: string, value: string])[];

/** What a client sent. */
export interface HttpRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: HeaderList;
  readonly body: Uint8Array;
}

/** What a service answered. */
export interface HttpResponse {
  readonly status: number;
  readonly headers: HeaderList;
  readonly body: Uint8Array;
}
