import type { Random } from './random.ts';

/** Words of one, two, three and four bytes a character in UTF-8. */
const WORDS = ['alpha', 'bravo', 'naïve', 'привет', 'съешь', 'ещё', '你好', '👋🏽', '👨‍👩‍👧', 'zulu', 'end.'];

const LABEL = /\[([\w-]+)#(\d+)\]/;

/** What tells one message from all others: its chat's name and its number there. */
export interface Label {
  /** One sender's way to one recipient. */
  chat: string;
  /** Counts up in the chat, in the order of acceptance. */
  seq: number;
}

/**
 * A text whose every line begins with its label and the line's number: a long one that goes out in parts can be put together again.
 * @param longest UTF-16 units that it may have at most; most texts are a line.
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

/** The label of a text, or of a part of one; `undefined` where it has none. */
export function labelOf(text: string): Label | undefined {
  const [, chat, seq] = LABEL.exec(text) ?? [];
  return chat === undefined ? undefined : { chat, seq: Number(seq) };
}
