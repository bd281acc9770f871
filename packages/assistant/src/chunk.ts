import { finishOf, type Finish } from './finish-reasons.ts';
import { at, stringOf } from './values.ts';

/** The contents of one value of the stream. */
export interface Chunk {
  /** Index of the reply, if the endpoint sends several. */
  index: number;
  /** The next piece of the text. */
  text: string;
  /** Text in a `message`, which some endpoints send instead of `delta`, or in addition to it. */
  message: string;
  /** Whether the chunk has a `delta`, even without text. */
  hasDelta: boolean;
  /** The next piece of a refusal. */
  refusal: string;
  /** Name of a tool that the model calls. */
  tool: string | null;
  /** Whether it contains reasoning. */
  hasThought: boolean;
  finish: Finish | null;
  /** The endpoint's finish reason, unchanged. */
  reason: string;
}

/** Fields with reasoning: DeepSeek, Qwen and vLLM; OpenRouter, Groq and Ollama; OpenRouter's details. */
const THOUGHTS = ['reasoning_content', 'reasoning', 'reasoning_details'];

/** @returns `null` for a value without a part of a reply, such as usage or Azure's filter results. */
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
  // Gemini's OpenAI layer used to send `finishReason`.
  const reason = at(choice, 'finish_reason') ?? at(choice, 'finishReason');
  return {
    index: typeof index === 'number' ? index : 0,
    text,
    message: text === '' ? textOf(at(message, 'content')) : '',
    hasDelta,
    refusal: stringOf(at(source, 'refusal')) || refusalOf(at(source, 'content')),
    tool: toolOf(source),
    hasThought: THOUGHTS.some((name) => isNonEmpty(at(source, name))),
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
    hasThought: isNonEmpty(at(message, 'thinking')) || isNonEmpty(at(value, 'thinking')),
    finish: finishOf(reason),
    reason: stringOf(reason),
  };
}

function isNonEmpty(value: unknown): boolean {
  return (typeof value === 'string' || Array.isArray(value)) && value.length > 0;
}

/** A string, or the text parts of a list. Mistral also sends `thinking` and `reference` parts. */
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

/** Name of the first tool call. Ignores empty lists and empty calls, which some endpoints put into every chunk. */
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
