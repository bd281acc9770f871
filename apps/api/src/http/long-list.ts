import { Pauses } from '@gateway/runtime';
import type { Context } from 'hono';

/**
 * Answers with fields and a list of objects that may be large, 100 messages of 100 entities each, for example. Converts
 * and writes each item by itself, so that other requests run meanwhile.
 * @param fields those beside the list, such as `{status: 'ok'}`; at least one.
 */
export async function longListAnswer<T>(
  c: Context,
  fields: { status: 'ok' } & Record<string, unknown>,
  list: string,
  items: readonly T[],
  show: (item: T) => object,
): Promise<Response> {
  const pauses = new Pauses();
  const parts: string[] = [];
  await pauses.pause();
  for (const item of items) {
    parts.push(JSON.stringify(show(item)));
    await pauses.pause();
  }
  const { status, ...others } = fields;
  const rest = JSON.stringify(others).slice(1, -1);
  const json = `{"status":${JSON.stringify(status)},${JSON.stringify(list)}:[${parts.join(',')}]${rest === '' ? '' : `,${rest}`}}`;
  return c.body(json, 200, { 'Content-Type': 'application/json' });
}
