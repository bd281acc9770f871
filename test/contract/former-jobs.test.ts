import type { JobData } from '@gateway/actions';
import type { Producer } from '@gateway/queue';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readEvents } from '../../apps/api/src/testing/read-events.ts';
import { openProducer } from '../env/producer.ts';
import { Stack } from '../env/stack.ts';

const SEND = '/telegram/user/send';
const STREAM = '/message_stream';
const ALICE = '+9996621111';
const BOB = '+9996622222';

const X = 'x'.repeat(5_000);
const Y = 'y'.repeat(3_000);
const TO_BOB = { user_id: 'alice', recipient_id: BOB };
const PLAIN = { userId: 'alice', recipient: BOB, requestId: 'former', linkPreview: true };

/** What a caller posts, and the job that version 0.1.0 made of it. Recorded from that version. */
interface Recorded {
  path: string;
  body: object;
  /** Without `v`, which that version did not have. */
  job: JobData;
  digest: string;
}

const RECORDED: Record<string, Recorded> = {
  plain: {
    path: SEND,
    body: { ...TO_BOB, text: '1 plain' },
    job: { ...PLAIN, text: '1 plain' },
    digest: 'LFUJ9hMc-bHmkmpKR7isVLbm09XE42ptZcHImgRWWNg',
  },
  formatted: {
    path: SEND,
    body: { ...TO_BOB, text: '3 **bold** and `code`', parse_mode: 'markdown', silent: true },
    job: {
      ...PLAIN,
      silent: true,
      text: '3 bold and code',
      entities: [
        { type: 'bold', offset: 2, length: 4 },
        { type: 'code', offset: 11, length: 4 },
      ],
    },
    digest: '6qJoBIz0STvDa9pFAL1isTfuxASysvufJQQ5zjeVkyY',
  },
  split: {
    path: SEND,
    body: { ...TO_BOB, text: `4 ${X}\n<b>${Y}</b>`, parse_mode: 'html', link_preview: false },
    job: {
      ...PLAIN,
      linkPreview: false,
      text: `4 ${X}\n${Y}`,
      entities: [{ type: 'bold', offset: 5_003, length: 3_000 }],
      cuts: [4_096],
    },
    digest: 'Z9KYZ8OCV9x3qHY6dukhmrREYuQvd3cwmUextZExrd0',
  },
  'later, by now due': {
    path: SEND,
    body: { ...TO_BOB, text: '6 later', send_at: '2026-11-29T06:59:07.413Z' },
    job: { ...PLAIN, text: '6 later' },
    digest: 'ZeAtbtTPElgi-L-7_iiKOntK9wddBwflLFJQIy9DpaY',
  },
  'reply of the assistant': {
    path: STREAM,
    body: {
      ...TO_BOB,
      send_to_telegram: true,
      messages: [{ role: 'assistant', content: '5b A **reply** queued' }],
    },
    job: {
      ...PLAIN,
      text: '5b A reply queued',
      entities: [{ type: 'bold', offset: 5, length: 5 }],
      askedDigest: 'CTZENyrODIxoZQLRu6F_Pg0rgV1sJIrwV3VN9WYFOJE',
    },
    digest: 'wyz6JiXIo39B5SrGAzzZISH7NVlnPOBmy4DPF9GnW0w',
  },
};
const NAMES = Object.keys(RECORDED);

describe('Jobs that version 0.1.0 enqueued', () => {
  let stack: Stack;
  let producer: Producer;
  const jobIds = new Map<string, string>();
  beforeAll(async () => {
    stack = await Stack.start({ SEND_WAIT_MS: '15000', SEND_PACE: 'off' });
    await stack.signIn('alice', ALICE);
    await stack.signIn('bob', BOB);
    await stack.api.post('/telegram/user/pause', { user_id: 'alice' });
    producer = await openProducer(stack.redis.address);
    for (const [idempotencyKey, { job, digest }] of Object.entries(RECORDED)) {
      const key = { idempotencyKey, digest };
      const { jobId, wait } = await producer.enqueue({ name: 'send', data: job, key }, () => {});
      wait.cancel();
      jobIds.set(idempotencyKey, jobId);
    }
  });
  afterAll(async () => {
    await producer.close();
    await stack[Symbol.asyncDispose]();
  });

  /** Posts the request under its key. @returns the status, and the id of the job. */
  const post = async (
    name: string,
    path: string,
    body: object,
  ): Promise<[status: number, jobId: unknown]> => {
    const answer = await fetch(stack.api.url + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': name, prefer: 'respond-async' },
      body: JSON.stringify(body),
    });
    const text = await answer.text();
    if (path !== STREAM || !answer.ok) return [answer.status, JSON.parse(text).job_id];
    const event = readEvents(text).find(({ data }) => data['job_id'] !== undefined);
    return [answer.status, event?.data['job_id']];
  };

  const repeatEach = (isHeld: boolean) =>
    test.each(NAMES)(
      `%s: the same request is the same job while it is ${isHeld ? 'held' : 'kept'}`,
      async (name) => {
        const { path, body } = RECORDED[name] ?? { path: '', body: {} };
        const queued = isHeld && path === SEND ? 202 : 200;
        expect(await post(name, path, body)).toEqual([queued, jobIds.get(name)]);
        const other = { ...body, ...(path === SEND ? { text: 'other' } : { temperature: 1 }) };
        expect((await post(name, path, other))[0]).toBe(422);
      },
    );

  repeatEach(true);

  test('are sent once and in order after a resume', async () => {
    await stack.api.post('/telegram/user/resume', { user_id: 'alice' });
    for (const jobId of jobIds.values())
      expect((await stack.api.get(`/jobs/${jobId}?wait=30`)).body).toMatchObject({ state: 'completed' });
    const messages = await stack.control.messages();
    expect(messages.map(({ text }) => text)).toEqual([
      '1 plain',
      '3 bold and code',
      `4 ${X.slice(0, 4_094)}`,
      `${X.slice(4_094)}\n${Y}`,
      '6 later',
      '5b A reply queued',
    ]);
    expect(messages.map(({ entities = [] }) => entities.map(({ type }) => type))).toEqual([
      [],
      ['bold', 'code'],
      [],
      ['bold'],
      [],
      ['bold'],
    ]);
    expect(messages.map(({ silent = false }) => silent)).toEqual([false, true, false, false, false, false]);
  });

  repeatEach(false);
});
