/** A stream of events, each with one line of JSON. */
export function events(...values: unknown[]): string {
  return values
    .map((value) => `data: ${typeof value === 'string' ? value : JSON.stringify(value)}\n\n`)
    .join('');
}

export function choice(fields: object): object {
  return { id: 'c', object: 'chat.completion.chunk', choices: [{ index: 0, ...fields }] };
}

export const delta = (fields: object | null, finish_reason: unknown = null) =>
  choice({ delta: fields, finish_reason });
export const HI = delta({ content: 'Hi' });
export const DONE = '[DONE]';
