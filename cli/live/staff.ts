// The processes of a run for real: participants and orchestrators, each started again when it dies, and what is done to
// them on purpose.

import type { ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { Child, type End, endOf } from './child.ts';
import { readDiary } from './live-faults.ts';
import type { LiveJob } from './live-job.ts';
import {
  type FromOrchestrator,
  type FromParticipant,
  type ToOrchestrator,
  type ToParticipant,
  TRY_AGAIN,
} from './messages.ts';
import type { Wish } from './process-faults.ts';

/** How long a process stays down whose end was not planned, in milliseconds. */
const DOWN_MS = 20;
const STOP_GRACE_MS = 5_000;
/** What ends a process says for how long. */
const ENDING: ReadonlySet<string> = new Set([
  'orchestrator-crash',
  'participant-crash-before',
  'participant-crash-after',
]);

export interface StaffParts {
  /** As it is now: later lives are told of what has changed. */
  readonly live: () => LiveJob;
  readonly services: readonly string[];
  readonly told: (orchestrator: number, message: FromOrchestrator) => void;
  /** Something is wrong that no fault explains. */
  readonly broken: (who: string, message: string) => void;
}

export class Staff {
  readonly orchestrators: readonly Child<ToOrchestrator, FromOrchestrator>[];
  readonly participants: ReadonlyMap<string, Child<ToParticipant, FromParticipant>>;
  /** Where participants are. */
  readonly urls = new Map<string, string>();
  /** Deaths by SIGKILL, by what died. */
  readonly kills = { orchestrator: 0, participant: 0 };
  readonly #parts: StaffParts;
  readonly #ports = new Map<string, number>();
  /** Orchestrators that others took over from, and that do not know it yet. */
  readonly #zombies = new Set<ChildProcess>();
  /** Nobody is stopped or replaced any more. */
  #isEnding = false;
  /** Faults in each diary when its process died last. */
  readonly #read = new Map<string, number>();

  constructor(parts: StaffParts) {
    this.#parts = parts;
    const { folder, orchestrators } = parts.live();
    this.participants = new Map(
      parts.services.map((service) => [service, this.#participant(service, folder)]),
    );
    this.orchestrators = Array.from({ length: orchestrators }, (_, i) => this.#orchestrator(i, folder));
  }

  #participant(service: string, folder: string): Child<ToParticipant, FromParticipant> {
    const { live, broken } = this.#parts;
    const diary = join(folder, `${service}.faults.ndjson`);
    const child: Child<ToParticipant, FromParticipant> = new Child({
      name: service,
      module: 'cli/live/participant-process',
      log: join(folder, `${service}.log`),
      begin: () => ({
        kind: 'begin',
        live: live(),
        service,
        file: join(folder, `${service}.db`),
        port: this.#ports.get(service) ?? 0,
      }),
      told: (message) => {
        if (message.kind === 'broken') return broken(service, message.message);
        this.#ports.set(service, message.port);
        this.urls.set(service, message.url);
      },
      died: (end) => this.#died('participant', service, end, diary),
    });
    return child;
  }

  #orchestrator(number: number, folder: string): Child<ToOrchestrator, FromOrchestrator> {
    const { live, broken, told } = this.#parts;
    const name = `orchestrator-${number}`;
    return new Child({
      name,
      module: 'cli/live/orchestrator-process',
      log: join(folder, `${name}.log`),
      begin: () => ({ kind: 'begin', live: live(), number }),
      told: (message) => {
        if (message.kind === 'broken') return broken(name, message.message);
        if (message.kind === 'pause' || message.kind === 'takeover') return this.#grant(number, message);
        told(number, message);
      },
      died: (end) => this.#died('orchestrator', name, end, join(folder, `${name}.faults.ndjson`)),
    });
  }

  /** How long it stays down: as its last fault says, if that ended it. */
  #died(role: keyof Staff['kills'], who: string, end: End, diary: string): number {
    if (end === 'SIGKILL') this.kills[role]++;
    else this.#checkEnd(who, end);
    const faults = readDiary(diary);
    const isNew = faults.length > (this.#read.get(who) ?? 0);
    this.#read.set(who, faults.length);
    const last = isNew ? faults.at(-1) : undefined;
    if (last === undefined || !ENDING.has(last.kind)) return DOWN_MS;
    return (last.params.downUs ?? 0) / 1_000 / this.#parts.live().pace;
  }

  #checkEnd(who: string, end: End): void {
    if (end instanceof Error) this.#parts.broken(who, `it could not be started: ${end.message}`);
    else if (end !== 0 && end !== TRY_AGAIN && end !== 'SIGKILL') {
      this.#parts.broken(who, `it ended with ${end}`);
    }
  }

  /** A worker that is to be replaced on PostgreSQL stands still past its lease: others take its place by themselves. */
  #grant(number: number, wish: Wish): void {
    if (this.#isEnding) return;
    const child = this.orchestrators[number]!;
    const { store, leaseMs } = this.#parts.live();
    if (wish.kind === 'pause') return child.pause(wish.ms);
    if (store.kind === 'postgres') return child.pause(Math.max(wish.ms, 1.5 * leaseMs));
    const zombie = child.letGo();
    if (zombie === undefined) return;
    this.#watch(zombie, `${child.name}, replaced,`);
    zombie.kill('SIGSTOP');
    setTimeout(() => zombie.kill('SIGCONT'), wish.ms);
    child.start();
  }

  /** One that was replaced is to find out that it was fenced (E10), and to break nothing. Its other words are old. */
  #watch(zombie: ChildProcess, who: string): void {
    this.#zombies.add(zombie);
    zombie.on('message', (message) => {
      const said = message as FromOrchestrator;
      if (said.kind === 'broken') this.#parts.broken(who, said.message);
    });
    zombie.on('exit', (code, signal) => {
      this.#zombies.delete(zombie);
      this.#checkEnd(who, endOf(code, signal));
    });
  }

  /** Kills somebody: whose turn it is, or the next who is there. */
  killOne(turn: number): void {
    const all = [...this.orchestrators, ...this.participants.values()];
    for (let i = 0; i < all.length; i++) if (all[(turn + i) % all.length]!.kill()) return;
  }

  /** Processes that were started. */
  get lives(): number {
    return [...this.orchestrators, ...this.participants.values()].reduce((sum, { lives }) => sum + lives, 0);
  }

  tellAll(message: { readonly kind: 'heal' }): void {
    for (const child of this.participants.values()) child.tell(message);
    for (const child of this.orchestrators) child.tell(message);
  }

  async endOrchestrators(): Promise<void> {
    this.#isEnding = true;
    const gone = [...this.#zombies].map((zombie) => new Promise((resolve) => zombie.once('exit', resolve)));
    for (const zombie of this.#zombies) zombie.kill('SIGKILL'); // that also ends one that is stopped
    await Promise.all(gone);
    await Promise.all(this.orchestrators.map((child) => child.end({ kind: 'stop' }, STOP_GRACE_MS)));
  }

  async endParticipants(): Promise<void> {
    await Promise.all(
      [...this.participants.values()].map((child) => child.end({ kind: 'stop' }, STOP_GRACE_MS)),
    );
  }
}
