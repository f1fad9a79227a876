// A payment service as somebody would write it, on a table of its own, behind the fence; and an engine's way to call it.

import { Hono } from 'hono';
import type { Call } from '../../../../engine/core/protocol.ts';
import { type FenceEnv, type FenceTable, fence } from '../../../../engine/fence/http/index.ts';
import { headersOf } from '../../../../engine/http/http-request.ts';

/** What a handler does next: answer so, or throw, after it has written. */
export type Mood = number | 'throws';

/** The service's own table, in whatever database. */
export interface Book<Database> {
  note(database: Database, line: string): Promise<void>;
  lines(): Promise<readonly string[]>;
}

export class Till<Database> {
  mood: Mood = 200;
  readonly app: Hono<FenceEnv<Database>>;

  constructor(table: FenceTable<Database>, book: Book<Database>) {
    this.app = new Hono<FenceEnv<Database>>();
    this.app.onError((_error, c) => c.text('failed', 500));
    this.app.use(fence(table));
    this.app.get('/health', (c) => c.text('well'));
    this.app.post('/:action', async (c) => {
      const { mood } = this;
      const { call, database, forward } = c.var.fence;
      const undone = forward === undefined ? '' : ` of ${JSON.stringify(forward)}`;
      await book.note(database, `${c.req.param('action')} ${call.saga} ${call.step} ${call.round}${undone}`);
      await Promise.resolve(); // others may come in between
      if (mood === 'throws') throw new Error('disk full');
      if (mood >= 300) return c.text('no', mood as 500);
      return c.json({ for: await c.req.json() }, mood as 200);
    });
  }

  /** Sends a call as the transport of a live engine does. */
  async send(call: Call): Promise<Response> {
    return this.app.request(`/${call.action}`, {
      method: 'POST',
      headers: headersOf(call, 1_000),
      body: JSON.stringify(call.payload),
    });
  }
}
