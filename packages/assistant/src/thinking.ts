/**
 * Tags that mark reasoning, where the endpoint does not separate it from the reply. Sources: DeepSeek-R1, QwQ and Qwen
 * 3 (`think`), Open WebUI's DEFAULT_REASONING_TAGS, and the chat templates of the models named in the list.
 */
const TAGS: readonly (readonly [open: string, close: string])[] = [
  // Seed-OSS uses `seed:think`, Hermes `reasoning_scratchpad`.
  ...['think', 'thinking', 'thought', 'reason', 'reasoning', 'seed:think', 'reasoning_scratchpad'].map(
    (name) => [`<${name}>`, `</${name}>`] as const,
  ),
  ['<|begin_of_thought|>', '<|end_of_thought|>'],
  // The tags of Kimi-VL.
  ['◁think▷', '◁/think▷'],
  // The tags of Magistral.
  ['[think]', '[/think]'],
  // The tags of Command A Reasoning.
  ['<|start_thinking|>', '<|end_thinking|>'],
  // The tags of Gemma 4.
  ['<|channel>thought', '<channel|>'],
  // The tags of gpt-oss.
  ['<|channel|>analysis<|message|>', '<|start|>assistant<|channel|>final<|message|>'],
];

const LONGEST_TAG = Math.max(...TAGS.map(([open]) => open.length));

/** Maximum white space before a tag. A reply that starts with more does not start with reasoning. */
const MAX_INDENT = 1_000;

/**
 * Removes the reasoning at the start of a streamed reply. Other text passes at once; only a possible start of a tag is
 * kept back.
 */
export class ThinkingFilter {
  #state: 'start' | 'thinking' | 'reply' = 'start';
  #held = '';
  #close = '';
  #hasThought = false;

  /** @returns the text that belongs to the reply. */
  push(text: string): string {
    if (this.#state === 'reply') return text;
    this.#held += text;
    for (;;) {
      if (this.#state === 'thinking' && !this.#leaveThought()) return '';
      // Empty lines after the reasoning do not belong to the reply.
      if (this.#hasThought) this.#held = this.#held.trimStart();
      const start = lowerCase(this.#held.trimStart().slice(0, LONGEST_TAG));
      const tag = TAGS.find(([open]) => start.startsWith(open));
      if (tag === undefined) {
        const mayBecomeTag = this.#held.length <= MAX_INDENT && TAGS.some(([open]) => open.startsWith(start));
        return mayBecomeTag ? '' : this.end();
      }
      const [open, close] = tag;
      this.#held = this.#held.trimStart().slice(open.length);
      this.#close = close;
      this.#state = 'thinking';
    }
  }

  /** The end of the stream: returns the text kept back, unless it is reasoning without an end tag. */
  end(): string {
    if (this.#state === 'thinking') return '';
    const rest = this.#held;
    this.#held = '';
    this.#state = 'reply';
    return rest;
  }

  #leaveThought(): boolean {
    // A search for one tag at a time, because a reply can contain many reasoning blocks in a row.
    const at = this.#held.search(anyCase(this.#close));
    if (at < 0) {
      // The tag may be split between two pieces.
      this.#held = this.#held.slice(-this.#close.length);
      return false;
    }
    this.#held = this.#held.slice(at + this.#close.length);
    this.#state = 'start';
    this.#hasThought = true;
    return true;
  }
}

/** ASCII only, so that the length does not change. */
function lowerCase(text: string): string {
  return text.replaceAll(/[A-Z]+/g, (letters) => letters.toLowerCase());
}

function anyCase(tag: string): RegExp {
  return new RegExp(tag.replaceAll(/[[\]|]/g, String.raw`\$&`), 'i');
}

const CLOSE = '</think>';

/**
 * Removes reasoning that ends with `</think>` but has no opening tag: the chat templates of DeepSeek-R1 and of Qwen's
 * reasoning models put the opening tag into the prompt. A reply that only mentions the tag is unchanged.
 */
export function withoutUnopenedThoughts(reply: string): string {
  const at = reply.indexOf(CLOSE);
  if (at < 0) return reply;
  const before = reply.slice(0, at);
  const after = reply.slice(at + CLOSE.length);
  if (after.trim() === '' || /<think>/i.test(before) || isInCode(before)) return reply;
  const standsAlone = before.endsWith('\n') || /^[ \t]*\r?\n[ \t]*\r?\n/.test(after);
  const endsSentence = /[.!?…。！？]$/.test(before) && /^[\p{L}\p{N}*_#]/u.test(after);
  return standsAlone || endsSentence ? after.trimStart() : reply;
}

/** Whether the text ends inside a fenced code block, or inside inline code on its last line. */
function isInCode(text: string): boolean {
  const fences = text.match(/^[ ]{0,3}(?:```|~~~)/gm)?.length ?? 0;
  const lastLine = text.slice(text.lastIndexOf('\n') + 1);
  return fences % 2 === 1 || (lastLine.match(/`/g)?.length ?? 0) % 2 === 1;
}
