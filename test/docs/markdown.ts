// The fenced blocks of a page in Markdown, and what a reader would do with each.
//
// A block is executed unless its info string says `no-run` and why, as in "```sh no-run needs a database". What stands
// after `<!-- from FILE -->` is a quotation: it is part of that file, where it is executed.

/** A fenced block. */
export interface Block {
  /** Of the opening fence, from 1. */
  readonly line: number;
  readonly language: string;
  /** The rest of the info string. */
  readonly mark: string;
  readonly text: string;
  /** The file that it quotes. */
  readonly from?: string;
}

/** A command, and the output that the page shows for it, if it shows any. */
export interface Command {
  readonly words: readonly string[];
  /** What a comment behind it promises, `# exit 1`; 0 where there is none and no output is shown. */
  readonly exit: number | undefined;
  /** Lines; those that are left out in between stand as `…`. */
  readonly shown: readonly string[];
}

const FENCE = /^(?:<!-- from (\S+) -->\n)?```(\S*)(?: ([^\n]*))?\n([\s\S]*?)^```$/gm;

/** Every block of a page, in order. */
export function blocksOf(page: string): readonly Block[] {
  return [...page.matchAll(FENCE)].map(({ index, 1: from, 2: language, 3: mark, 4: text }) => ({
    line: page.slice(0, index).split('\n').length + (from === undefined ? 0 : 1),
    language: language!,
    mark: mark ?? '',
    text: text!,
    ...(from === undefined ? {} : { from }),
  }));
}

/** Why a block is not executed; undefined when it is. */
export function reasonNotToRun({ mark }: Block): string | undefined {
  return /^no-run (.+)/.exec(mark)?.[1];
}

/** The commands of a block of shell, or of one that shows a terminal: there they stand behind a `$`. */
export function commandsOf({ language, text }: Block): readonly Command[] {
  if (language === 'sh') {
    const lines = text.replaceAll('\\\n', ' ').split('\n');
    return lines.flatMap((line) => line.split(' && ')).flatMap((line) => commandOf(line, []));
  }
  return text
    .split(/^\$ /m)
    .slice(1)
    .flatMap((part) => {
      const [line, ...shown] = part.trimEnd().split('\n');
      return commandOf(line!, shown);
    });
}

function commandOf(line: string, shown: readonly string[]): readonly Command[] {
  const [code, comment = ''] = line.split(/\s+#\s*|^#\s*/);
  const words = [...code!.matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g)].map(([, a, b, c]) => a ?? b ?? c!);
  if (words.length === 0) return [];
  const promised = /^exit (\d+)(?:$|:)/.exec(comment)?.[1];
  const silent = shown.length === 0 ? 0 : undefined;
  return [{ words, shown, exit: promised === undefined ? silent : Number(promised) }];
}

/** The words for `sagastorm` of a command that calls it, in any of the ways in which it is called. */
export function sagastormWords({ words }: Command): readonly string[] | undefined {
  const calls = [['npx', 'sagastorm'], ['node', 'cli/main.ts'], ['sagastorm']];
  const call = calls.find((start) => start.every((word, i) => words[i] === word));
  return call && words.slice(call.length);
}

/** A page's edit of a file: what ` ` and `-` lines say becomes what ` ` and `+` lines say. */
export function edited(file: string, { text }: Block): string {
  const lines = text.trimEnd().split('\n');
  const side = (sign: string) =>
    lines
      .filter((line) => line.startsWith(' ') || line.startsWith(sign) || line === '')
      .map((line) => line.slice(1))
      .join('\n');
  const parts = file.split(side('-'));
  if (parts.length !== 2) throw new Error(`what the diff begins from stands there ${parts.length - 1} times`);
  return parts.join(side('+'));
}

/** The parts of what a page shows that are not what was written; what differs from run to run does not count. */
export function notWritten(shown: readonly string[], written: string): readonly string[] {
  const real = steady(written);
  let from = 0;
  return steady(shown.join('\n'))
    .split(/^…$/m)
    .map((part) => part.replace(/^\n+|\n+$/g, ''))
    .filter((part) => {
      if (part === '') return false;
      const at = `\n${real}\n`.indexOf(`\n${part}\n`, from);
      if (at >= 0) from = at + part.length;
      return at < 0;
    });
}

function steady(text: string): string {
  return text
    .replace(/node \S*cli\/main\.ts/g, 'npx sagastorm')
    .replace(/-[0-9a-f]{8}(?=\.(?:json|html))/g, '-DIGEST') // of a capsule, which knows the text of its scenario
    .replace(/ · [\d.,]+ (?:ms|s|min)(?: · [\d.,]+ (?:sagas|runs)\/s)?(?= ·|$)/gm, ' · TIME')
    .replace(/ +$/gm, '');
}
