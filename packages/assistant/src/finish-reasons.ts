/** The meaning of an endpoint's finish reason. */
export type Finish =
  /** The reply is complete. */
  | 'stop'
  /** Cut off at a token limit. */
  | 'length'
  /** Cut off by a content filter. */
  | 'content_filter'
  /** No reply: the model waits for the result of a tool. */
  | 'tool_calls'
  /** The endpoint failed, or aborted the reply. */
  | 'error'
  /** A reason that is not in the list: nothing says that the reply is complete. */
  | 'unknown';

/**
 * The finish reasons of known endpoints, in lower case. Only a reason under `stop` makes a reply complete. The comment
 * above a reason names the endpoints that use it. Sources: the vendors' API references, and the mappings in LiteLLM,
 * Portkey and OpenRouter.
 */
const REASONS: Readonly<Record<Exclude<Finish, 'unknown'>, readonly string[]>> = {
  stop: [
    // OpenAI, Azure, Gemini's OpenAI layer, Mistral, Ollama, vLLM, SGLang, LiteLLM, OpenRouter, llama.cpp, LM Studio,
    // Groq, DeepSeek, xAI
    'stop',
    // Anthropic, Bedrock
    'end_turn',
    'stop_sequence',
    // Hugging Face TGI
    'eos_token',
    // Together
    'eos',
    // Cohere
    'complete',
  ],
  length: [
    'length',
    // Mistral
    'model_length',
    // Anthropic, Bedrock, Cohere, Gemini
    'max_tokens',
    // Anthropic, Zhipu
    'model_context_window_exceeded',
    // Cohere
    'error_limit',
  ],
  content_filter: [
    'content_filter',
    // Anthropic's classifiers stop a reply midway
    'refusal',
    // Bedrock
    'content_filtered',
    'guardrail_intervened',
    // Gemini
    'safety',
    'recitation',
    'blocklist',
    'prohibited_content',
    'spii',
    'language',
    // Zhipu
    'sensitive',
    // Cohere
    'error_toxic',
  ],
  tool_calls: ['tool_calls', 'function_call', 'tool_call', 'tool_use'],
  error: [
    // OpenRouter, Mistral, vLLM, Cohere
    'error',
    // vLLM, SGLang
    'abort',
    'aborted',
    'cancelled',
    'user_cancel',
    // DeepSeek
    'insufficient_system_resource',
    // Zhipu
    'network_error',
  ],
};

const FINISH = new Map<string, Finish>(
  (['stop', 'length', 'content_filter', 'tool_calls', 'error'] as const).flatMap((finish) =>
    REASONS[finish].map((reason): [string, Finish] => [reason, finish]),
  ),
);

/**
 * @returns `null`: no reason yet. Ollama before 0.1.38 and SGLang sent `""` in every chunk, DashScope sends `"null"`.
 */
export function finishOf(reason: unknown): Finish | null {
  if (typeof reason !== 'string') return null;
  // Proxies of Gemini's API send the names of its enumeration: `FINISH_REASON_STOP`, `FinishReason.STOP`.
  const word = reason
    .trim()
    .toLowerCase()
    .replace(/^finish_?reason[._]/, '');
  if (word === '' || word === 'null' || word === 'unspecified') return null;
  return FINISH.get(word) ?? 'unknown';
}
