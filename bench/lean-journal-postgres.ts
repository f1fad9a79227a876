// The lean journal on PostgreSQL: one connection, all waiting rows in one statement, answered when it is committed.

import { Client } from 'pg';
import type { Journal } from './lean-journal.ts';

interface Row {
  readonly saga: string;
  readonly step: number;
  readonly data: string;
  resolve(): void;
  reject(error: unknown): void;
}

const INSERT = `
  INSERT INTO journal (saga, step, data)
  SELECT * FROM unnest(string_to_array($1, E'\\n'), $2::integer[], string_to_array($3, E'\\n'))`;

export class LeanPostgresJournal implements Journal {
  readonly #client: Client;
  #waiting: Row[] = [];
  #isBusy = false;

  private constructor(client: Client) {
    this.#client = client;
  }

  static async connect(url: string, schema: string): Promise<LeanPostgresJournal> {
    const client = new Client({ connectionString: url });
    await client.connect();
    await client.query(`CREATE SCHEMA ${schema}; SET search_path = ${schema};
                        CREATE TABLE journal (no bigserial PRIMARY KEY, saga text, step integer, data text)`);
    return new LeanPostgresJournal(client);
  }

  append(saga: string, step: number, data: unknown): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ saga, step, data: JSON.stringify(data), resolve, reject });
      if (this.#isBusy) return;
      this.#isBusy = true;
      setImmediate(() => void this.#flush());
    });
  }

  async close(): Promise<void> {
    await this.#client.end();
  }

  async #flush(): Promise<void> {
    while (this.#waiting.length > 0) {
      const rows = this.#waiting;
      this.#waiting = [];
      const values = [
        rows.map(({ saga }) => saga).join('\n'),
        `{${rows.map(({ step }) => step).join(',')}}`,
        rows.map(({ data }) => data).join('\n'),
      ];
      try {
        await this.#client.query({ name: 'insert', text: INSERT, values });
      } catch (error) {
        for (const { reject } of rows) reject(error);
        continue;
      }
      for (const { resolve } of rows) resolve();
      await new Promise(setImmediate); // what they bring comes in this turn
    }
    this.#isBusy = false;
  }
}
