import type { Random } from './random.ts';

/** Words with one, two, three and four bytes per character in UTF-8. */
const WORDS = ['alpha', 'bravo', 'naïve', 'привет', 'съешь', 'ещё', '你好', '👋🏽', '👨‍👩‍👧', 'zulu', 'end.'];

const LABEL = /\[([\w-]+)#(\d+)\]/;

/** Identifies a message: the name of its chat and its number there. */
export interface Label {
  /** A pair of sender and recipient. */
  chat: string;
  /** Ascending within the chat, in the order of acceptance. */
  seq: number;
}

/**
 * A text whose lines all start with its label and their line number, so that a text sent in parts can be reassembled.
 * @param longest maximum UTF-16 units; most texts are a single line.
 */
export function writeText({ chat, seq }: Label, random: Random, longest: number): string {
  const size = random.chance(0.85) ? 1 : random.whole(2, Math.max(2, Math.floor(longest / 60)));
  const lines: string[] = [];
  let length = 0;
  for (let number = 1; number <= size; number += 1) {
    const words = Array.from({ length: random.whole(1, 8) }, () => random.pick(WORDS));
    const line = `[${chat}#${seq}] ${number} ${words.join(' ')}`;
    length += line.length + 1;
    if (length > longest) break;
    lines.push(line);
  }
  return lines.join('\n');
}

/** Lines as those of {@link writeText}, each for a message of its own. */
export function writeLines({ chat, seq }: Label, random: Random, count: number): string[] {
  return Array.from({ length: count }, (_, index) => {
    const words = Array.from({ length: random.whole(1, 8) }, () => random.pick(WORDS));
    return `[${chat}#${seq}] ${index + 1} ${words.join(' ')}`;
  });
}

const EDIT = /^\[[\w-]+#\d+\] edit (\d+) /;

/** The text that an edit gives the message with this label. One line, so that one message holds it. */
export function writeEdit({ chat, seq }: Label, edit: number, random: Random): string {
  const words = Array.from({ length: random.whole(1, 8) }, () => random.pick(WORDS));
  return `[${chat}#${seq}] edit ${edit} ${words.join(' ')}`;
}

/** The number of the edit that made this text; `undefined` if it is the text of a send. */
export function editOf(text: string): number | undefined {
  const [, edit] = EDIT.exec(text) ?? [];
  return edit === undefined ? undefined : Number(edit);
}

/** The label of a text or of a part of one; `undefined` if it has none. */
export function labelOf(text: string): Label | undefined {
  const [, chat, seq] = LABEL.exec(text) ?? [];
  return chat === undefined ? undefined : { chat, seq: Number(seq) };
}
