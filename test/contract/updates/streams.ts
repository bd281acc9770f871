import { afterAll, beforeAll, expect, test } from 'vitest';
import type { OpenStream } from '../../env/event-source.ts';
import { BOB, type Incoming } from '../../env/incoming.ts';
import type { Stack } from '../../env/stack.ts';
import { MAX, PATH, eventTools, type EventsStage } from './stage.ts';

/** The same as SSE. */
export const streams = (stage: () => EventsStage) => {
  let stack: Stack;
  let incoming: Incoming;
  beforeAll(() => {
    ({ stack, incoming } = stage());
  });
  const { arrive, read, stream } = eventTools(stage);

  test('come as they arrive, with number and type; typing comes live only', async () => {
    const source = await stream();
    const seq = await arrive();
    await expect.poll(() => source.events).toHaveLength(1);
    expect(source.events[0]).toMatchObject({
      id: String(seq),
      event: 'message.new',
      data: { seq, event_id: `alice:${seq}`, message: { html: expect.any(String) } },
    });
    await expect
      .poll(async () => {
        await incoming.typing('alice', BOB);
        return source.events.length;
      })
      .toBeGreaterThan(1);
    expect(source.events[1]).toMatchObject({
      event: 'chat.typing',
      data: { type: 'chat.typing', seq: null, event_id: null, user_id: 'alice', chat: BOB },
    });
    source.close();
    expect((await read(`after=${seq}`)).body.events).toEqual([]);
  });

  test('go on after `Last-Event-ID`, which wins over `after`', async () => {
    const seq = await arrive();
    const last = await arrive();
    for (const [query, headers, first] of [
      [`?after=${seq - 1}`, {}, seq],
      [`?after=${seq - 1}`, { 'Last-Event-ID': String(seq) }, last],
      [`?after=${seq - 1}`, { Accept: 'Text/Event-Stream' }, seq],
    ] as const) {
      const source = await stream(query, headers);
      await expect.poll(() => source.events.at(-1)?.id).toBe(String(last));
      expect(source.events[0]?.id).toBe(String(first));
      source.close();
    }
  });

  test('end with `error` and the place to go on from, where they are gone', async () => {
    for (let more = 0; more <= MAX; more += 1) await arrive();
    const last = await arrive();
    const response = await fetch(`${stack.api.url}${PATH}`, {
      headers: { ...stack.api.headers, Accept: 'text/event-stream', 'Last-Event-ID': '0' },
    });
    const lines = (await response.text()).split('\n');
    expect(lines).toEqual(expect.arrayContaining(['event: error', `id: ${last - MAX}`, 'retry: 5000']));
    const data = lines.find((line) => line.startsWith('data: '))?.slice('data: '.length) ?? '';
    expect(JSON.parse(data)).toMatchObject({
      status: 'error',
      code: 'EVENTS_GONE',
      oldest_seq: last - MAX + 1,
      last_seq: last,
    });
  });

  test('end when the account stops to receive', async () => {
    const source = await stream();
    await incoming.turn('alice', false);
    const ended = await source.ended;
    expect(ended.at(-1)).toMatchObject({ event: 'error', data: { code: 'RECEIVING_OFF' } });
    expect((await read('')).status).toBe(409);
    await incoming.turn('alice', true);
  });

  afterAll(async () => {
    longStream = await stream();
  });
};

let longStream: OpenStream | undefined;

/** It waits for the stream that was opened after {@link streams}. */
export const keepAlive = () => {
  test('have a comment every 15 s', { timeout: 30_000 }, async () => {
    await expect.poll(() => longStream?.comments.length, { timeout: 20_000 }).toBeGreaterThan(0);
    longStream?.close();
  });
};
