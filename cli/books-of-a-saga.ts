// What the books of services have of one saga, in words: its items of stock, and its money. For `sagastorm diagnose`.

import type { PaymentReport, StockMove, StockReport } from '../engine/observe/index.ts';
import { counted } from '../reports/wording.ts';
import { palette } from './terminal.ts';

/** Of each kind, so many are told. */
const TOLD_MAX = 10;

interface Booked {
  readonly stock?: readonly StockReport[];
  readonly payments?: PaymentReport;
}

/** Empty where there is nothing to tell. */
export function booksText({ stock = [], payments }: Booked, isPlain: boolean): string {
  const colors = palette(isPlain);
  const warn = (text: string): string => `     ${colors.red('✗')} ${text}\n`;
  return [
    ...stock.flatMap((report) => stockLines(report, warn)),
    ...(payments === undefined ? [] : paymentLines(payments, warn)),
  ].join('');
}

function stockLines(
  { service, item, own, concurrent, holders, computed, onHand }: StockReport,
  warn: (text: string) => string,
): readonly string[] {
  const held = holders.slice(0, TOLD_MAX).map(({ saga, reserved }) => `${saga} ${number(reserved)}`);
  return [
    `   ${service} · ${item}: ${number(onHand)} on hand\n`,
    ...(computed === onHand
      ? []
      : [warn(`total − reserved − sold is ${number(computed)}: something changed that no entry tells`)]),
    ...(own.length === 0
      ? ['     this saga has none of it\n']
      : own.map((move) => `     ${moveWords(move)}\n`)),
    ...(held.length === 0 ? [] : [`     reserved: ${listed(held, holders.length)}\n`]),
    ...(concurrent.length === 0
      ? []
      : [
          `     within a minute of it: ${listed(
            concurrent.slice(0, TOLD_MAX).map((move) => `${move.saga} ${changeWords(move)}`),
            concurrent.length,
          )}\n`,
        ]),
  ];
}

function moveWords(move: StockMove): string {
  const what = move.direction === 'forward' ? `"${move.step}"` : `undo of "${move.step}"`;
  return `${what} ${changeWords(move)}, ${number(move.level.onHand)} left`;
}

function changeWords({ reserved, sold }: StockMove): string {
  const parts = [
    ...(reserved === 0 ? [] : [`reserved ${signed(reserved)}`]),
    ...(sold === 0 ? [] : [`sold ${signed(sold)}`]),
  ];
  return parts.join(', ') || 'changed nothing';
}

function paymentLines(
  { chain, lookalikes }: PaymentReport,
  warn: (text: string) => string,
): readonly string[] {
  const nameOf = ({ service, step, direction }: (typeof chain)[number]): string =>
    `${service} ${direction === 'forward' ? `"${step}"` : `undo of "${step}"`}`;
  return [
    `   payments: ${chain.map((link) => `${nameOf(link)} ${link.action} ${number(link.amount)}`).join(' → ')}\n`,
    ...chain
      .filter(({ times }) => times > 1)
      .map((link) => warn(`${nameOf(link)} was booked ${counted(link.times, 'time')}`)),
    ...chain
      .filter(({ conflict }) => conflict !== undefined)
      .map((link) => warn(`${nameOf(link)} was asked for with different words under one key`)),
    ...lookalikes
      .slice(0, TOLD_MAX)
      .map(({ saga, service, step }) =>
        warn(`${saga} asked ${service} for the same "${step}" within a minute`),
      ),
  ];
}

function listed(shown: readonly string[], all: number): string {
  return shown.join(' · ') + (all > shown.length ? `, … (${number(all)})` : '');
}

function signed(count: number): string {
  return count > 0 ? `+${number(count)}` : `−${number(-count)}`;
}

function number(count: number): string {
  return count.toLocaleString('en-US');
}
