import { parseSettings } from '@gateway/runtime';
import { describe, expect, test, vi } from 'vitest';
import { body, REFUSED } from '../testing/a-send.ts';
import { useRealQueues } from '../testing/real-queues.ts';
import { READY } from '../testing/views.ts';

const BATCH = '/telegram/user/send/batch';
const JOB = { job_id: expect.any(String) };

const queues = useRealQueues();

/** A new account: its message of a text, and the texts that its worker fetches. */
async function account() {
  const { owner } = queues;
  const user_id = await owner.newAccount(READY);
  const fetch = async (count: number): Promise<string[]> => {
    const texts: string[] = [];
    while (texts.length < count) {
      const job = await owner.fetch(user_id);
      texts.push(String(job.data['text']));
      await job.fail(REFUSED);
    }
    expect(await queues.producer.pending(user_id)).toEqual({ waiting: 0, delayed: 0, active: 0 });
    return texts;
  };
  return {
    user_id,
    message: (text: string, more: object = {}) => ({ ...body, user_id, text, ...more }),
    fetch,
  };
}

test('a message that cannot be accepted is answered in its place; the others are queued', async () => {
  const { message, fetch } = await account();
  const signedOut = await queues.owner.newAccount({ ...READY, state: 'revoked' });
  const answer = await queues.api().call(BATCH, {
    body: {
      messages: [
        message('good'),
        message(''),
        'not a message',
        message('**x', { parse_mode: 'markdown' }),
        message('signed out', { user_id: signedOut }),
        message('good too'),
      ],
    },
  });
  expect(answer.status).toBe(202);
  expect(answer.body['jobs']).toEqual([
    JOB,
    expect.objectContaining({
      status: 'error',
      code: 'VALIDATION',
      issues: [expect.objectContaining({ path: 'text' })],
    }),
    expect.objectContaining({ status: 'error', code: 'VALIDATION' }),
    expect.objectContaining({ status: 'error', code: 'VALIDATION' }),
    expect.objectContaining({ status: 'error', code: 'NOT_AUTHORIZED', kind: 'user_action' }),
    JOB,
  ]);
  expect(await fetch(2)).toEqual(['good', 'good too']);
});

test('a key is refused the accounts that are not its own, message by message', async () => {
  const [own, other] = [await account(), await account()];
  const { API_KEYS } = parseSettings({ API_KEYS: `k:${own.user_id}` });
  const answer = await queues.api({ API_KEYS }).call(BATCH, {
    body: { messages: [own.message('own'), other.message('of another')] },
    headers: { authorization: 'Bearer k' },
  });
  expect(answer).toMatchObject({
    status: 202,
    body: { jobs: [JOB, { status: 'error', code: 'FORBIDDEN' }] },
  });
  expect(await other.fetch(0)).toEqual([]);
});

test('an Idempotency-Key holds for the whole: each message has one of its own, by its place', async () => {
  const { message, fetch } = await account();
  const { call } = queues.api();
  const post = () =>
    call(BATCH, {
      body: { messages: [message('same'), message('same')] },
      headers: { 'idempotency-key': 'k' },
    });
  const { jobs } = (await post()).body;
  expect((await post()).body['jobs']).toEqual(jobs);
  expect(await fetch(2)).toEqual(['same', 'same']);
});

test.each([
  [{}, 'messages'],
  [{ messages: [] }, 'messages'],
  [{ messages: 'x' }, 'messages'],
  [{ messages: Array.from({ length: 1_001 }, () => 0) }, 'messages'],
  [{ messages: [0], more: 1 }, ''],
])('what is no batch is refused as a whole: %#', async (batch, path) => {
  const answer = await queues.api().call(BATCH, { body: batch });
  expect(answer).toMatchObject({
    status: 400,
    body: { code: 'VALIDATION', issues: [{ path: expect.stringContaining(path) }] },
  });
});

describe('a batch of long texts is placed in parts', () => {
  const long = (index: number) => ({ text: `*a* ${index} `.repeat(8_000), parse_mode: 'markdown' });

  /** Posts a batch of four long texts and one invalid item. Redis goes away once `parts` of its parts are placed. */
  async function post(parts: number) {
    const { producer, proxy } = queues;
    const { message, fetch } = await account();
    const messages: unknown[] = [0, 1, 2, 3].map((index) => message('', long(index)));
    messages.splice(1, 0, 0);
    const { enqueueMany } = producer;
    const place = vi.spyOn(producer, 'enqueueMany').mockImplementation(async (...part) => {
      if (place.mock.calls.length > parts) proxy.cut();
      return enqueueMany.apply(producer, part);
    });
    const answer = await queues.api().call(BATCH, { body: { messages } });
    expect(place.mock.calls.length).toBeGreaterThan(Math.min(parts, 1));
    place.mockRestore();
    proxy.heal();
    await vi.waitFor(() => producer.claimShards(), { timeout: 10_000 });
    return { answer, fetch };
  }

  test('in its order', async () => {
    const { answer, fetch } = await post(Infinity);
    expect(answer.body).toMatchObject({ jobs: [JOB, { code: 'VALIDATION' }, JOB, JOB, JOB] });
    expect((await fetch(4)).map((text) => text.slice(0, 3))).toEqual(['a 0', 'a 1', 'a 2', 'a 3']);
  });

  test('and fails as a whole where its first part does', async () => {
    const { answer, fetch } = await post(0);
    expect(answer).toMatchObject({ status: 503, body: { code: 'QUEUE_UNAVAILABLE' } });
    expect(await fetch(0)).toEqual([]);
  });

  test('and says of each message whether it was placed, where a later part fails', async () => {
    const { answer, fetch } = await post(1);
    expect(answer).toMatchObject({
      status: 202,
      body: { jobs: { 0: JOB, 4: { status: 'error', code: 'QUEUE_UNAVAILABLE' } } },
    });
    const placed = (answer.body['jobs'] as object[]).filter((job) => 'job_id' in job);
    expect(await fetch(placed.length)).toHaveLength(placed.length);
  });
});

test('a dry run says what would become of each message, and queues nothing', async () => {
  const { message, fetch } = await account();
  const paused = await queues.owner.newAccount({ ...READY, reason: 'PAUSED' });
  const signedOut = await queues.owner.newAccount({ ...READY, state: 'revoked' });
  const { call } = queues.api();
  const tomorrow = new Date(Date.now() + 86_400_000).toISOString();
  const headers = { 'idempotency-key': 'checked' };
  const known = [message('known')];
  await call(BATCH, { body: { messages: known }, headers });
  const messages = [
    ...known,
    message('word '.repeat(1_000)),
    message('held', { user_id: paused }),
    message('later', { send_at: tomorrow }),
    message('signed out', { user_id: signedOut }),
    message('', {}),
    message('x', { recipient_id: '+1' }),
    message('x', { media: [{ type: 'photo', upload_id: 'u_0123456789012345678901' }] }),
  ];
  const checked = await call(BATCH, { body: { messages, dry_run: true }, headers });
  expect(checked).toMatchObject({ status: 200, body: { status: 'checked' } });
  expect(checked.body['jobs']).toMatchObject([
    { status: 'ok', parts: 1, repeated: true },
    { status: 'ok', parts: 2 },
    { status: 'ok', reason: 'PAUSED' },
    { status: 'ok', reason: 'SEND_AT', retry_at: tomorrow },
    { status: 'error', code: 'NOT_AUTHORIZED' },
    { status: 'error', code: 'VALIDATION', issues: [{ path: 'text' }] },
    { status: 'error', code: 'VALIDATION', issues: [{ path: 'recipient_id' }] },
    { status: 'error' },
  ]);
  const other = await call(BATCH, { body: { messages: [message('other')], dry_run: true }, headers });
  expect(other.body['jobs']).toMatchObject([{ status: 'error', code: 'IDEMPOTENCY_MISMATCH' }]);
  expect(await fetch(1)).toEqual(['known']);
});

test('an item with a key of its own is the message of that key, alone or in a batch, and a dry run says so', async () => {
  const { message, fetch } = await account();
  const { call } = queues.api();
  const key = 'order-7';
  const alone = await call('/telegram/user/send', {
    body: message('alone'),
    headers: { 'idempotency-key': key, prefer: 'respond-async' },
  });
  const messages = [
    message('alone', { idempotency_key: key }),
    message('new', { idempotency_key: 'order-8' }),
    message('other', { idempotency_key: key }),
    message('no key', { idempotency_key: null }),
    message('x', { idempotency_key: 'a\nb' }),
  ];
  const headers = { 'idempotency-key': 'whole' };
  const dry = await call(BATCH, { body: { messages, dry_run: true }, headers });
  const { job_id } = alone.body;
  const refused = [
    { status: 'error', code: 'IDEMPOTENCY_MISMATCH' },
    { status: 'error', code: 'VALIDATION', issues: [{ path: 'idempotency_key' }] },
  ];
  const [mismatch, invalid] = refused;
  expect(dry.body['jobs']).toMatchObject([{ repeated: true }, { parts: 1 }, mismatch, { parts: 1 }, invalid]);
  expect(dry.body['jobs']).not.toMatchObject([{}, { repeated: true }, {}, {}, {}]);
  for (const _ of [1, 2]) {
    const { body: answer } = await call(BATCH, { body: { messages }, headers });
    expect(answer['jobs']).toMatchObject([{ job_id }, JOB, mismatch, JOB, invalid]);
  }
  expect(await fetch(3)).toEqual(['alone', 'new', 'no key']);
});
