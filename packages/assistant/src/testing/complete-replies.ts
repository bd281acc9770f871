import { choice, delta, DONE, events, HI } from './chunks.ts';

/** A complete reply of `Hi` as each service and model server writes it. */
export const COMPLETE_REPLIES: [who: string, body: string][] = [
  ['OpenAI', events(delta({ role: 'assistant', content: '', refusal: null }), HI, delta({}, 'stop'), DONE)],
  ['OpenAI with usage', events(HI, delta({}, 'stop'), { choices: [], usage: { total_tokens: 5 } }, DONE)],
  [
    'Azure',
    events(
      { choices: [], prompt_filter_results: [{ prompt_index: 0, content_filter_results: {} }] },
      choice({ delta: { content: 'Hi' }, content_filter_results: { hate: { filtered: false } } }),
      choice({
        content_filter_offsets: { check_offset: 44 },
        content_filter_results: {},
        finish_reason: null,
      }),
      delta({}, 'stop'),
      DONE,
    ),
  ],
  ['Gemini, without [DONE]', events(delta({ role: 'assistant', content: 'Hi' }, 'stop'))],
  ['Gemini of 2024', events(choice({ delta: { content: 'Hi' }, finish_reason: null, finishReason: 'stop' }))],
  [
    'Mistral with thoughts',
    events(
      delta({ content: [{ type: 'thinking', thinking: [{ type: 'text', text: 'hm' }] }] }),
      delta({
        content: [
          { type: 'text', text: 'H' },
          { type: 'reference', reference_ids: [1] },
        ],
      }),
      delta({ content: 'i' }, 'stop'),
      DONE,
    ),
  ],
  [
    'Ollama before 0.1.38',
    events(
      delta({ role: 'assistant', content: 'Hi' }, ''),
      delta({ role: 'assistant', content: '' }, 'stop'),
      DONE,
    ),
  ],
  [
    'vLLM',
    events(
      delta({ role: 'assistant', content: '', tool_calls: [] }),
      choice({ delta: { content: 'Hi', reasoning_content: null }, logprobs: null, stop_reason: null }),
      choice({ delta: { content: '' }, finish_reason: 'stop', stop_reason: 128_009 }),
      DONE,
    ),
  ],
  [
    'LiteLLM',
    events(choice({ delta: { content: 'Hi', function_call: null, tool_calls: null } }), delta({}, 'stop')),
  ],
  [
    'OpenRouter',
    `: OPENROUTER PROCESSING\n\n: OPENROUTER PROCESSING\n\n${events(
      delta({ content: '', reasoning: 'hm', reasoning_details: [{ type: 'reasoning.text', text: 'hm' }] }),
      HI,
      choice({
        delta: { content: '' },
        finish_reason: 'stop',
        native_finish_reason: 'end_turn',
        error: null,
      }),
      DONE,
    )}`,
  ],
  ['llama.cpp', events(delta({ role: 'assistant', content: null }), HI, delta({}, 'stop'), DONE)],
  ['LM Studio', events(delta({ content: 'Hi', reasoning_content: '' }), delta({}, 'stop'), DONE)],
  [
    'Groq',
    events(
      { ...delta({ role: 'assistant', content: '' }), x_groq: { id: 'req_1' } },
      HI,
      { ...delta({}, 'stop'), x_groq: { id: 'req_1', usage: { total_tokens: 5 } } },
      DONE,
    ),
  ],
  [
    'DeepSeek',
    `: keep-alive\n\n${events(delta({ content: null, reasoning_content: 'hm' }), delta({ content: 'Hi', reasoning_content: null }), delta({ content: '' }, 'stop'), DONE)}`,
  ],
  ['Anthropic’s OpenAI layer', events(HI, delta({}, 'end_turn'), DONE)],
  ['TGI', events(HI, delta({ content: '' }, 'eos_token'))],
  ['Together', events(choice({ text: 'Hi', delta: { content: 'Hi' } }), delta({ content: '' }, 'eos'), DONE)],
  ['Cohere', events(HI, delta({}, 'COMPLETE'))],
  ['Vertex', events(HI, delta({}, 'STOP'))],
  [
    'a proxy of Gemini',
    events(
      delta({ content: 'H' }, 'FINISH_REASON_UNSPECIFIED'),
      delta({ content: 'i' }, 'FINISH_REASON_STOP'),
    ),
  ],
  [
    'Perplexity, with the text so far beside each piece',
    events(
      choice({ delta: { content: 'H' }, message: { content: 'H' } }),
      choice({ delta: { content: 'i' }, message: { content: 'Hi' } }),
      choice({ delta: { content: '' }, message: { content: 'Hi' }, finish_reason: 'stop' }),
    ),
  ],
  ['a proxy that gives no reason, but says that it is done', events(HI, DONE)],
  ['a proxy with empty reasons that says that it is done', events(delta({ content: 'Hi' }, ''), DONE)],
  [
    'a proxy that streams one whole message',
    events(choice({ message: { content: 'Hi' }, finish_reason: 'stop' })),
  ],
  [
    'messages in place of deltas, piece by piece',
    events(
      choice({ message: { content: 'H' } }),
      choice({ message: { content: 'i' }, finish_reason: 'stop' }),
    ),
  ],
  [
    'messages in place of deltas, each with the text so far',
    events(
      choice({ message: { content: 'H' } }),
      choice({ message: { content: 'Hi' }, finish_reason: 'stop' }),
    ),
  ],
  [
    'the older completions',
    events(choice({ text: 'H' }), choice({ text: 'i', finish_reason: 'stop' }), DONE),
  ],
  [
    'odd chunks between',
    events(
      'null',
      '5',
      '{}',
      '[]',
      { choices: null },
      { choices: [null] },
      delta(null),
      HI,
      delta({}, 'stop'),
    ),
  ],
  [
    'a reason that is no string',
    events(delta({ content: 'H' }, false), delta({ content: 'i' }, 0), delta({}, 'stop')),
  ],
  [
    'two choices: one is followed',
    events(
      HI,
      { choices: [{ index: 1, delta: { content: 'Other' }, finish_reason: 'length' }] },
      delta({}, 'stop'),
    ),
  ],
  [
    'Ollama’s own API',
    [
      { message: { role: 'assistant', content: '', thinking: 'hm' }, done: false },
      { message: { role: 'assistant', content: 'Hi' }, done: false },
      { message: { role: 'assistant', content: '' }, done: true, done_reason: 'stop', total_duration: 5 },
    ]
      .map((line) => JSON.stringify(line))
      .join('\n'),
  ],
  [
    'Cloudflare Workers AI',
    events({ response: 'H' }, { response: 'i', p: 'abcd' }, { response: '', usage: {} }, DONE),
  ],
];
