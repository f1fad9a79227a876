// The thread in which users' services run: takes one command at a time, and sleeps in between.
//
// V1. Virtual time stands still during a command. It ends when every call is answered or waits for a virtual timer; a
//     call that waits for anything else is its author's mistake.
// V2. Between two commands nothing happens here: the thread is blocked, and so is its event loop.

import { Console } from 'node:console';
import { type MessagePort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import { UserError } from '../../engine/core/user-error.ts';
import { ClientSlot } from './client-slot.ts';
import { type Answer, type Command, NO_TURN } from './command.ts';
import { takeFault } from './fault-slot.ts';
import { forReal, refuseRealIo } from './real-io.ts';
import { ServiceSlot } from './service-slot.ts';
import type { Slot } from './slot.ts';
import type { StartClient } from './started-client.ts';
import type { StartService } from './started-service.ts';
import { installVirtualGlobals, realNowMs } from './virtual-globals.ts';
import { present } from './virtual-time.ts';
import { isBusy, pause, turn, uncaught } from './virtual-timers.ts';

/** Turns after which what waits is taken to wait for a timer, where there is one. */
const TURNS_TO_PARK = 8;
/** Turns without a pause. */
const TURNS_QUICK = 50;
const TURNS_MAX = 100_000;
/** What a thread of the operating system computes, such as a hash of a password, may take this long. */
const PATIENCE_MS = 1_000;

const slots = new Map<string, ServiceSlot | ClientSlot>();

async function perform(command: Command): Promise<Answer> {
  if (command.kind === 'open') return open(command);
  const slot = slots.get(command.slot)!;
  if (command.kind === 'books') return booksOf(slot);
  if (command.kind === 'stop') {
    slot.stop();
    if (slot instanceof ClientSlot) slots.delete(command.slot);
    return turnOf(slot);
  }
  [present.nowUs, present.clockUs] = [command.nowUs, command.clockUs];
  if (!slot.isUp) {
    slot.start();
    await quiet(slot);
  }
  if (command.kind === 'begin') {
    slot.begin(command);
    await quiet(slot);
  }
  if (command.kind === 'hear' && slot instanceof ClientSlot) {
    slot.hear(command.request, command.heard);
    await quiet(slot);
  }
  if (command.kind === 'advance') await advance(slot);
  return turnOf(slot);
}

/** A service is up from the beginning of a run; a client when it is asked for the first time. */
async function open(command: Extract<Command, { readonly kind: 'open' }>): Promise<Answer> {
  const { slot: name, service, seed, role } = command;
  [present.nowUs, present.clockUs] = [0, 0]; // for what a module looks at while it is loaded, too
  const start = await startIn(command.module, command.exportName, name);
  slots.get(name)?.stop();
  if (role === 'client') {
    slots.set(name, new ClientSlot(name, service, start as StartClient, command, seed));
    return NO_TURN;
  }
  const slot = new ServiceSlot(name, service, start as StartService, command, seed);
  slots.set(name, slot);
  slot.start();
  await quiet(slot);
  return turnOf(slot);
}

function booksOf(slot: Slot): Answer {
  if (!(slot instanceof ServiceSlot)) return NO_TURN;
  return { kind: 'books', balances: slot.balances(), stock: slot.stock() };
}

/** One timer after the other: between two that are due at once, what the first brought about happens. */
async function advance(slot: Slot): Promise<void> {
  for (let fired = 0; ; fired++) {
    const { timer } = slot;
    if (timer === undefined || timer.dueUs > present.nowUs) return;
    if (fired > TURNS_MAX) throw new UserError('service-stuck', `${slot.name} sets timers without end`);
    slot.fire(timer);
    await quiet(slot);
  }
}

/** V1. */
async function quiet(slot: Slot): Promise<void> {
  let sinceMs = -1;
  for (let turns = 1; ; turns++) {
    await turn();
    const fault = takeFault();
    if (fault !== undefined) throw fault;
    if (isBusy()) {
      if (turns > TURNS_MAX) throw new UserError('service-stuck', `${slot.name} sets immediates without end`);
      continue;
    }
    const { waits } = slot;
    if (waits === undefined) return;
    if (slot.timer !== undefined) {
      if (turns >= TURNS_TO_PARK) return;
      continue;
    }
    if (turns <= TURNS_QUICK) continue;
    if (sinceMs < 0) sinceMs = realNowMs();
    if (realNowMs() - sinceMs > PATIENCE_MS) throw waitsForReal(slot.name, waits);
    await pause(1);
  }
}

function waitsForReal(name: string, waits: string): UserError {
  return new UserError(
    'waits-for-real',
    `${name}, ${waits}, waits for something that is not part of the run, or for what never comes`,
    'In a run it may wait for its own timers and promises. A socket, a file or another thread needs a stand-in.',
  );
}

function turnOf(slot: ServiceSlot | ClientSlot): Answer {
  const [entries, asked] = slot instanceof ServiceSlot ? [slot.entries(), []] : [[], slot.asked()];
  return { kind: 'turn', ...slot.take(), nextAtUs: slot.timer?.dueUs ?? -1, entries, asked };
}

async function startIn(module: string, exportName: string, name: string): Promise<unknown> {
  let loaded: Readonly<Record<string, unknown>>;
  try {
    loaded = (await forReal(() => import(module))) as Readonly<Record<string, unknown>>;
  } catch (error) {
    throw new UserError(
      'service-broken',
      `the module of ${name} could not be loaded: ${String(error)}`,
      `Looked for ${module}.`,
    );
  }
  const start = loaded[exportName];
  if (typeof start === 'function') return start;
  throw new UserError(
    'service-broken',
    `the module of ${name} exports no function "${exportName}"`,
    `Looked in ${module}; it exports ${Object.keys(loaded).join(', ') || 'nothing'}.`,
  );
}

async function answerTo(command: Command): Promise<Answer> {
  try {
    takeFault();
    return await perform(command);
  } catch (error) {
    const { code, message, hint } =
      error instanceof UserError
        ? error
        : new UserError('service-broken', `the run broke off: ${String(error)}`);
    return { kind: 'failed', code, message, hint };
  }
}

async function serve(port: MessagePort, cells: Int32Array): Promise<never> {
  for (let asked = 0; ; asked++) {
    while (Atomics.load(cells, 0) === asked) Atomics.wait(cells, 0, asked); // V2
    const { message } = receiveMessageOnPort(port) as { readonly message: Command };
    port.postMessage(await answerTo(message));
    Atomics.add(cells, 1, 1);
    Atomics.notify(cells, 1);
  }
}

installVirtualGlobals();
refuseRealIo();
globalThis.console = new Console(process.stderr);
process.on('unhandledRejection', uncaught);
process.on('uncaughtException', uncaught);
const { port, cells } = workerData as { readonly port: MessagePort; readonly cells: SharedArrayBuffer };
void serve(port, new Int32Array(cells));
