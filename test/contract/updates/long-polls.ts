import { beforeAll, expect, test } from 'vitest';
import { BOB, COMMON, type Incoming } from '../../env/incoming.ts';
import type { Stack } from '../../env/stack.ts';
import { MAX, DAY, PATH, eventTools, type EventsStage } from './stage.ts';

/** `GET /telegram/accounts/{user_id}/updates` as JSON. */
export const longPolls = (stage: () => EventsStage) => {
  let stack: Stack;
  let incoming: Incoming;
  beforeAll(() => {
    ({ stack, incoming } = stage());
  });
  const { arrive, gap, read } = eventTools(stage);

  test('come in pages, with their HTML, and `next` is the place of the next request', async () => {
    const first = await arrive({ text: 'bold & more', entities: [{ type: 'bold', offset: 0, length: 4 }] });
    const { status, body } = await read(`after=${first - 1}`);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      status: 'ok',
      next: first,
      events: [
        {
          event_id: `alice:${first}`,
          seq: first,
          type: 'message.new',
          user_id: 'alice',
          occurred_at: COMMON.occurred_at,
          caught_up: false,
          message: { text: 'bold & more', html: '<b>bold</b> &amp; more', chat: { id: BOB.id } },
        },
      ],
    });
    const last = await incoming.append('alice', gap, gap);
    const page = (await read(`after=${first}&limit=1`)).body;
    expect(page.events.map(({ seq }: { seq: number }) => seq)).toEqual([first + 1]);
    expect(page.next).toBe(first + 1);
    expect((await read(`after=${last}`)).body).toEqual({ status: 'ok', events: [], next: last });
    expect((await read('')).body).toEqual({ status: 'ok', events: [], next: last });
  });

  test('wait for the first one', async () => {
    const before = await arrive();
    const waiting = read(`after=${before}&wait=30`);
    const seq = await arrive();
    expect((await waiting).body).toMatchObject({ events: [{ seq }], next: seq });
  });

  test('that are no longer kept, or never were, are 410 EVENTS_GONE with the bounds', async () => {
    for (let more = 0; more <= MAX; more += 1) await arrive();
    const last = await arrive();
    const oldest = last - MAX + 1;
    for (const after of [0, oldest - 2, last + 1])
      expect(await read(`after=${after}`)).toMatchObject({
        status: 410,
        body: { code: 'EVENTS_GONE', oldest_seq: oldest, last_seq: last },
      });
    expect((await read(`after=${oldest - 1}`)).body.events).toHaveLength(MAX);
  });

  test('that are older than EVENTS_RETENTION are gone, before they are dropped too', async () => {
    for (let more = 1; more < MAX; more += 1) await arrive();
    const last = await arrive();
    await incoming.age('alice', last - 2, 8 * DAY);
    const receiving = async () => (await stack.api.status('alice')).body.receiving;
    expect(await receiving()).toMatchObject({ oldest_seq: last - 1, last_seq: last });
    expect(await read(`after=${last - 3}`)).toMatchObject({
      status: 410,
      body: { code: 'EVENTS_GONE', oldest_seq: last - 1, last_seq: last },
    });
    expect((await read(`after=${last - 2}`)).body.events).toMatchObject([{ seq: last - 1 }, { seq: last }]);
    await incoming.age('alice', last, 8 * DAY);
    expect(await receiving()).toMatchObject({ oldest_seq: last + 1, last_seq: last });
    expect((await read(`after=${last - 1}`)).status).toBe(410);
    expect((await read(`after=${last}`)).body).toMatchObject({ events: [], next: last });
  });

  test('are for keys that may use the account, and for accounts that receive', async () => {
    const bobs = { 'X-API-Key': 'bobs' };
    expect(await stack.api.get(PATH, bobs)).toMatchObject({ status: 403, body: { code: 'FORBIDDEN' } });
    expect(await stack.api.get('/telegram/accounts/bob/updates', bobs)).toMatchObject({
      status: 409,
      body: { code: 'RECEIVING_OFF' },
    });
    for (const query of ['after=x', 'limit=0', 'limit=101', 'wait=61', 'colour=red'])
      expect(await read(query), query).toMatchObject({ status: 400, body: { code: 'VALIDATION' } });
  });
};
