import { finishOf, type Finish } from './finish-reasons.ts';
import { at, stringOf } from './values.ts';

/** What one value of the stream says of the reply. */
export interface Chunk {
  /** Which of several replies it belongs to. */
  index: number;
  /** The next piece of the text. */
  text: string;
  /** Text in a `message`, which endpoints send in place of the pieces, or beside them. */
  message: string;
  /** The chunk has a `delta`, though it may hold no text. */
  hasDelta: boolean;
  /** The next piece of a refusal. */
  refusal: string;
  /** A tool that the model wants called. */
  tool: string | null;
  /** It holds a thought. */
  hasThought: boolean;
  finish: Finish | null;
  /** The endpoint's own word for the end. */
  reason: string;
}

/** Where thoughts stand: DeepSeek, Qwen and vLLM; OpenRouter, Groq and Ollama; OpenRouter's details. */
const THOUGHTS = ['reasoning_content', 'reasoning', 'reasoning_details'];

/** @returns `null`: it says nothing of a reply, such as a chunk of usage or of Azure's filter results. */
export function readChunk(value: unknown): Chunk | null {
  const choices = at(value, 'choices');
  if (Array.isArray(choices)) return choices.length === 0 ? null : readChoice(choices[0]);
  return readNative(value);
}

/** `choices[0]` of a chunk, of a whole completion, or of the older completions API (`text`). */
function readChoice(choice: unknown): Chunk | null {
  if (typeof choice !== 'object' || choice === null) return null;
  const delta = at(choice, 'delta');
  const message = at(choice, 'message');
  const hasDelta = typeof delta === 'object' && delta !== null;
  const source = hasDelta ? delta : message;
  const text = textOf(at(delta, 'content')) || textOf(at(choice, 'text'));
  const index = at(choice, 'index');
  // Gemini's OpenAI layer once wrote `finishReason`.
  const reason = at(choice, 'finish_reason') ?? at(choice, 'finishReason');
  return {
    index: typeof index === 'number' ? index : 0,
    text,
    message: text === '' ? textOf(at(message, 'content')) : '',
    hasDelta,
    refusal: stringOf(at(source, 'refusal')) || refusalOf(at(source, 'content')),
    tool: toolOf(source),
    hasThought: THOUGHTS.some((name) => isFilled(at(source, name))),
    finish: finishOf(reason),
    reason: stringOf(reason),
  };
}

/** Ollama's own API (`message`, `done`, `done_reason`); Ollama's `generate` and Cloudflare Workers AI (`response`). */
function readNative(value: unknown): Chunk | null {
  const message = at(value, 'message');
  const isNative = at(value, 'done') !== undefined || typeof at(value, 'response') === 'string';
  if (!isNative) return null;
  const reason = at(value, 'done') === true ? (at(value, 'done_reason') ?? 'stop') : null;
  return {
    index: 0,
    text: textOf(at(message, 'content')) || stringOf(at(value, 'response')),
    message: '',
    hasDelta: false,
    refusal: '',
    tool: toolOf(message),
    hasThought: isFilled(at(message, 'thinking')) || isFilled(at(value, 'thinking')),
    finish: finishOf(reason),
    reason: stringOf(reason),
  };
}

function isFilled(value: unknown): boolean {
  return (typeof value === 'string' || Array.isArray(value)) && value.length > 0;
}

/** A string, or parts of which those of text count: Mistral sends `thinking` and `reference` parts too. */
function textOf(content: unknown): string {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return isTextPart(content) ? stringOf(at(content, 'text')) : '';
  return content
    .map((part: unknown) =>
      typeof part === 'string' ? part : isTextPart(part) ? stringOf(at(part, 'text')) : '',
    )
    .join('');
}

function isTextPart(part: unknown): boolean {
  const type = at(part, 'type');
  return type === undefined || type === 'text' || type === 'output_text';
}

function refusalOf(content: unknown): string {
  if (!Array.isArray(content)) return '';
  return content
    .map((part: unknown) => (at(part, 'type') === 'refusal' ? stringOf(at(part, 'refusal')) : ''))
    .join('');
}

/** The name of the first tool that is called. Empty lists and empty calls, which some endpoints put into every chunk, are none. */
function toolOf(source: unknown): string | null {
  const calls = at(source, 'tool_calls');
  const call = at(source, 'function_call');
  const functions = [
    ...(Array.isArray(calls) ? calls.map((each: unknown) => at(each, 'function')) : []),
    call,
  ];
  for (const wanted of functions) {
    const name = stringOf(at(wanted, 'name'));
    if (name !== '') return name;
  }
  return null;
}
