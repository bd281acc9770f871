import { beforeAll, describe, expect, test } from 'vitest';
import type { Stack } from '../env/stack.ts';
import { BOB, useStack } from '../env/use-stack.ts';

const SEND = '/telegram/user/send';
const BATCH = '/telegram/user/send/batch';
const MAX_PENDING = 5;
const RFC_3339_UTC = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/;

describe('Sending', () => {
  const product = useStack({ SEND_MAX_PENDING: String(MAX_PENDING), SEND_WAIT_MS: '15000' });
  let stack: Stack;
  let alice: number;
  let bob: number;
  beforeAll(() => {
    ({ stack, alice, bob } = product());
  });

  const message = (text: string, more: object = {}) => ({
    user_id: 'alice',
    recipient_id: BOB,
    text,
    ...more,
  });
  const sent = async () => stack.control.messages({ from: alice, to: bob });
  const send = (text: string, more: object = {}, headers: Record<string, string> = {}) =>
    stack.api.post(SEND, message(text, more), headers);

  test('Finished within the wait: 200 {"status":"ok","success":true,"message_id":…,"date":…,"job_id":…}', async () => {
    const answer = await send('Привет!');
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({
      status: 'ok',
      success: true,
      message_id: (await sent()).at(-1)?.id,
      date: expect.stringMatching(RFC_3339_UTC),
      job_id: expect.any(String),
    });
  });

  test('Not yet: 202, Location: /jobs/{job_id} {"status":"queued","job_id":…,"state":"waiting"}', async () => {
    const answer = await send('later', {}, { Prefer: 'respond-async' });
    expect(answer.status).toBe(202);
    expect(answer.body).toEqual({ status: 'queued', job_id: expect.any(String), state: 'waiting' });
    expect(answer.headers.get('location')).toBe(`/jobs/${answer.body.job_id}`);
    expect(answer.headers.get('preference-applied')).toBe('respond-async');
    expect((await stack.api.get(`/jobs/${answer.body.job_id}?wait=30`)).body.state).toBe('completed');
  });

  test('`Prefer: wait=N` sets the wait', async () => {
    await stack.control.fault({ user_id: alice, method: 'messages.sendMessage', delay_ms: 2_500 });
    const answer = await send('slow', {}, { Prefer: 'wait=1' });
    expect(answer).toMatchObject({ status: 202, body: { state: expect.stringMatching(/waiting|active/) } });
    await expect.poll(async () => (await sent()).at(-1)?.text).toBe('slow');
  });

  test('`parse_mode` `markdown` | `html`: entities, counted in UTF-16', async () => {
    for (const [parse_mode, text] of [
      ['markdown', '👋 **жирный** и `код`'],
      ['html', '👋 <b>жирный</b> и <code>код</code>'],
    ]) {
      expect((await send(text ?? '', { parse_mode })).status).toBe(200);
      expect((await sent()).at(-1)).toMatchObject({
        text: '👋 жирный и код',
        entities: [
          { type: 'bold', offset: 3, length: 6 },
          { type: 'code', offset: 12, length: 3 },
        ],
      });
    }
    expect((await send('**as it is**', { parse_mode: 'none' })).status).toBe(200);
    expect((await sent()).at(-1)).toMatchObject({ text: '**as it is**' });
  });

  test('`markdown_lenient` formats as much of a text as possible, also in previews and batches', async () => {
    const text = '## Plan\n\n- **one**\n- two **not closed';
    const fields = { parse_mode: 'markdown_lenient' };
    const shown = { text: 'Plan\n\n• one\n• two **not closed' };
    expect((await send(text, fields)).status).toBe(200);
    expect((await sent()).at(-1)).toMatchObject(shown);
    const preview = await stack.api.post('/telegram/user/send/preview', { text, ...fields });
    expect(preview).toMatchObject({ status: 200, body: { parts: [shown] } });
    // A long text is formatted in a thread.
    const long = `${text}\n\n${'- **item** of the list\n'.repeat(1_000)}`;
    const before = (await sent()).length;
    const answer = await send(long, fields);
    expect(answer.status).toBe(200);
    const parts = (await sent()).slice(before);
    expect(
      parts
        .map((part) => part.text)
        .join('\n')
        .match(/• item of the list/g),
    ).toHaveLength(1_000);
    const batch = await stack.api.post(BATCH, {
      messages: [{ user_id: 'alice', recipient_id: BOB, text, ...fields }],
    });
    expect(batch).toMatchObject({ status: 202, body: { jobs: [{ job_id: expect.any(String) }] } });
    const { job_id } = batch.body.jobs[0];
    expect((await stack.api.get(`/jobs/${job_id}?wait=30`)).body.state).toBe('completed');
    expect((await sent()).at(-1)).toMatchObject(shown);
  });

  test('bold beside CJK text, custom emoji and titles of links are accepted', async () => {
    for (const [text, expected] of [
      ['**重要：**请注意', { text: '重要：请注意', entities: [{ type: 'bold', offset: 0, length: 3 }] }],
      [
        '![👍](tg://emoji?id=5368324170671202286)',
        { text: '👍', entities: [{ type: 'custom_emoji', offset: 0, length: 2 }] },
      ],
      ['[a](https://a.b/ "title")', { text: 'a', entities: [{ type: 'text_link', offset: 0, length: 1 }] }],
    ] as const) {
      expect((await send(text, { parse_mode: 'Markdown' })).status).toBe(200);
      expect((await sent()).at(-1)).toMatchObject(expected);
    }
  });

  test('a formatting error is a 400 with line and column, and nothing is queued', async () => {
    const before = (await sent()).length;
    const answer = await send('fine\n<b>not fine', { parse_mode: 'html' });
    expect(answer).toMatchObject({
      status: 400,
      body: {
        code: 'VALIDATION',
        issues: [{ path: 'text', message: expect.stringMatching(/line 2, column 1/) }],
      },
    });
    expect(answer.body).not.toHaveProperty('job_id');
    expect((await send('next')).status).toBe(200);
    expect(await sent()).toHaveLength(before + 1);
  });

  test('`split`: a text over 4096 UTF-16 units is sent as ordered parts, with `message_ids` and its formatting', async () => {
    const text = `**${'слово '.repeat(700)}${'word '.repeat(700)}**`.replace(' **', '**');
    const answer = await send(text, { parse_mode: 'markdown' });
    expect(answer.status).toBe(200);
    const parts = (await sent()).slice(-answer.body.message_ids.length);
    expect(answer.body.message_ids).toEqual(parts.map(({ id }) => id));
    expect(answer.body.message_id).toBe(parts.at(-1)?.id);
    expect(parts.length).toBeGreaterThan(1);
    expect(parts.map((part) => part.text.trim()).join(' ')).toBe(text.slice(2, -2));
    for (const part of parts) {
      expect(part.text.length).toBeLessThanOrEqual(4_096);
      expect(part).toMatchObject({ entities: [{ type: 'bold', offset: 0, length: part.text.length }] });
    }
  });

  test('`split` false: a text over 4096 is refused', async () => {
    expect(await send('x'.repeat(4_097), { split: false })).toMatchObject({
      status: 400,
      body: { code: 'VALIDATION', issues: [{ path: 'text' }] },
    });
  });

  test('`reply_to`, `silent`, `link_preview` reach Telegram', async () => {
    const first = await send('a question');
    await send('an answer', { reply_to: first.body.message_id, silent: true, link_preview: false });
    expect((await sent()).at(-1)).toMatchObject({
      text: 'an answer',
      reply_to: first.body.message_id,
      silent: true,
      no_webpage: true,
    });
  });

  test('`send_at` is held in the queue until then', async () => {
    const send_at = new Date(Date.now() + 2_000).toISOString();
    const answer = await send('at its time', { send_at }, { Prefer: 'wait=1' });
    expect(answer).toMatchObject({
      status: 202,
      body: { state: 'delayed', reason: 'SEND_AT', retry_at: send_at },
    });
    await expect.poll(async () => (await sent()).at(-1)?.text).toBe('at its time');
    const { accepted_at } = (await sent()).at(-1) ?? {};
    expect(Date.parse(accepted_at ?? '')).toBeGreaterThanOrEqual(Date.parse(send_at));
  });

  test('the same Idempotency-Key and body: the same job and result', async () => {
    const headers = { 'Idempotency-Key': 'k'.repeat(200) };
    const first = await send('once', {}, headers);
    expect((await send('once', {}, headers)).body).toEqual(first.body);
    expect(await send('x', {}, { 'Idempotency-Key': 'k'.repeat(201) })).toMatchObject({ status: 400 });
    expect((await sent()).filter(({ text }) => text === 'once')).toHaveLength(1);
  });

  test('under a flood wait that outlasts the wait, 202 at once with "state":"delayed","reason":"FLOOD_WAIT","retry_at"', async () => {
    await stack.control.fault({ user_id: alice, method: 'messages.sendMessage', error: 'FLOOD_WAIT_3' });
    const held = await send('held', {}, { Prefer: 'wait=2' });
    expect(held.status).toBe(202);
    expect(held.body).toEqual({
      status: 'queued',
      job_id: expect.any(String),
      state: 'delayed',
      reason: 'FLOOD_WAIT',
      retry_at: expect.stringMatching(RFC_3339_UTC),
    });
    expect((await stack.api.get(`/jobs/${held.body.job_id}?wait=30`)).body).toMatchObject({
      state: 'completed',
    });
  });

  test('Refused by Telegram for good: 4xx with code, kind and `job_id`', async () => {
    await stack.control.fault({
      user_id: alice,
      method: 'messages.sendMessage',
      error: 'USER_IS_BLOCKED',
    });
    const refused = await send('no');
    expect(refused.status).toBe(403);
    expect(refused.body).toEqual({
      status: 'error',
      code: 'RECIPIENT_REFUSED',
      kind: 'permanent',
      message: expect.any(String),
      rpc_error: 'USER_IS_BLOCKED',
      job_id: expect.any(String),
      request_id: refused.headers.get('x-request-id'),
    });
  });

  test('Not signed in: 401 `NOT_AUTHORIZED`, nothing queued', async () => {
    expect(await stack.api.post(SEND, message('hi', { user_id: 'stranger' }))).toMatchObject({
      status: 401,
      body: { code: 'NOT_AUTHORIZED' },
    });
    expect((await stack.api.status('stranger')).body.pending).toEqual({ waiting: 0, delayed: 0, active: 0 });
  });

  test('batch → 202 {"status":"queued","jobs":[{"job_id":…}|{"status":"error",…}]} in order; once for one Idempotency-Key', async () => {
    const batch = {
      messages: [
        message('batch 1'),
        { ...message('batch 2'), parse_mode: 'html', text: '<u>batch 2</u>' },
        message(''),
        message('x', { user_id: 'stranger' }),
        message('batch 3'),
      ],
    };
    const headers = { 'Idempotency-Key': 'a batch' };
    const answer = await stack.api.post(BATCH, batch, headers);
    expect(answer.status).toBe(202);
    const job = { job_id: expect.any(String) };
    expect(answer.body).toEqual({
      status: 'queued',
      jobs: [
        job,
        job,
        {
          status: 'error',
          code: 'VALIDATION',
          kind: 'permanent',
          message: expect.any(String),
          issues: [expect.anything()],
        },
        expect.objectContaining({ status: 'error', code: 'NOT_AUTHORIZED', kind: 'user_action' }),
        job,
      ],
    });
    expect((await stack.api.post(BATCH, batch, headers)).body.jobs[4]).toEqual(answer.body.jobs[4]);
    const last = answer.body.jobs[4].job_id;
    expect((await stack.api.get(`/jobs/${last}?wait=30`)).body).toMatchObject({ state: 'completed' });
    expect((await sent()).slice(-3).map(({ text }) => text)).toEqual(['batch 1', 'batch 2', 'batch 3']);
  });

  test('batch: at most 1000', async () => {
    const messages = Array.from({ length: 1_001 }, () => 0);
    expect(await stack.api.post(BATCH, { messages })).toMatchObject({
      status: 400,
      body: { code: 'VALIDATION', issues: [{ path: 'messages' }] },
    });
  });

  test('more jobs than an account may have waiting: 429 `QUEUE_FULL`; earlier ones are kept, and a repeat of one is not refused', async () => {
    await stack.api.post('/telegram/user/pause', { user_id: 'alice' });
    const texts = Array.from({ length: MAX_PENDING }, (_, index) => `kept ${index}`);
    const headers = (text: string) => ({ Prefer: 'respond-async', 'Idempotency-Key': text });
    for (const text of texts) expect((await send(text, {}, headers(text))).status).toBe(202);
    const refused = await send('one more', {}, headers('one more'));
    expect(refused).toMatchObject({ status: 429, body: { code: 'QUEUE_FULL', kind: 'retryable' } });
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await send(texts[0] ?? '', {}, headers(texts[0] ?? ''))).status).toBe(202);
    const batch = await stack.api.post(BATCH, { messages: [message('one more')] });
    expect(batch.body.jobs).toMatchObject([{ status: 'error', code: 'QUEUE_FULL' }]);
    await stack.api.post('/telegram/user/resume', { user_id: 'alice' });
    await expect.poll(async () => (await sent()).slice(-MAX_PENDING).map(({ text }) => text)).toEqual(texts);
    expect((await send('room again')).status).toBe(200);
  });
});
