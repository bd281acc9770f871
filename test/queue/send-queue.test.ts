import { EMPTY_SEND_STATE, GatewayError } from '@gateway/contracts';
import {
  EventReader,
  Fenced,
  Inbox,
  MemoryWatch,
  writeHeldJobs,
  readSendState,
  writeSendState,
} from '@gateway/queue';
import { Sealer } from '@gateway/runtime';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { accountPrefix } from '../../packages/queue/src/keys.ts';
import { BOB, newMessage } from '../env/incoming.ts';
import { DATE, QueueStage, SHARDS, take } from './queue-stage.ts';

describe("an account's queue", () => {
  let stage: QueueStage;
  beforeAll(async () => {
    stage = await QueueStage.open();
  });
  afterAll(() => stage.close());
  beforeEach(() => stage.nextAccount());

  test('returns jobs in the order of acceptance, and null when it is empty', async () => {
    await stage.add('1', '2', '3');
    const worker = await stage.owner();
    for (const text of ['1', '2', '3']) {
      const job = await take(worker);
      expect(job.data['text']).toBe(text);
      await job.complete({ message_id: 1, date: DATE });
    }
    expect(await worker.next()).toEqual({ nextDueAt: Infinity });
  });

  test('completing a job fetches the next one and stores the send state', async () => {
    await stage.add('1', '2');
    const worker = await stage.owner();
    const state = { ...EMPTY_SEND_STATE, disconnectedAt: 7 };
    const first = await take(worker);
    const second = await first.complete({ message_id: 1, date: DATE }, { state, fetchNext: true });
    if (second === null || second === 'needs_recovery' || !('action' in second)) throw new Error('no job');
    expect(second).toMatchObject({ data: { text: '2' }, progress: { sent: [] } });
    expect(await readSendState(stage.redis, stage.userId)).toEqual(state);
    expect(await stage.producer.pending(stage.userId)).toEqual({ waiting: 0, delayed: 0, active: 1 });
    expect(await second.complete({ message_id: 2, date: DATE }, { fetchNext: true })).toEqual({
      nextDueAt: Infinity,
    });
    expect(await readSendState(stage.redis, stage.userId)).toEqual(state);
    for (const { jobId } of [first, second])
      expect(await stage.producer.job(jobId)).toMatchObject({ state: 'completed' });
  });

  describe('of an account that receives', () => {
    const SEQ = { start: 0, limit: 10 };
    const event = { events: [newMessage(BOB, 1)], state: { set: { pts: '1' } }, seq: SEQ };
    let inbox: Inbox;
    beforeEach(async () => {
      inbox = new Inbox({
        redis: stage.redis,
        shards: SHARDS,
        sealer: new Sealer([Buffer.alloc(32, 7)]),
        isSealed: false,
        limits: { max: 100, maxBytes: 1_000_000, retentionMs: 60_000 },
        memory: new MemoryWatch(stage.redis),
      });
      await stage.add('1', '2');
    });

    /** How many scripts Redis runs meanwhile for the account. */
    const scriptsIn = async (work: () => Promise<unknown>) => {
      const client = new Redis(stage.server.url);
      const monitor = await client.monitor();
      let [scripts, isOver] = [0, false];
      monitor.on('monitor', (_time: string, args: string[]) => {
        const isScript = args[0]?.toLowerCase().startsWith('eval') === true;
        if (isScript && args.some((arg) => arg.startsWith(accountPrefix(stage.userId)))) scripts += 1;
        isOver ||= args.includes('the work is over');
      });
      await work();
      await client.echo('the work is over');
      await expect.poll(() => isOver).toBe(true);
      for (const connection of [monitor, client]) connection.disconnect();
      return scripts;
    };

    test('completing a job appends its event in the same step', async () => {
      const worker = await stage.owner(1, stage.redis, inbox.appends);
      const first = await take(worker);
      await inbox.append(stage.userId, '1 worker', { events: [], seq: SEQ });
      const ends = () =>
        Promise.all([
          inbox.append(stage.userId, '1 worker', event),
          first.complete({ message_id: 1, date: DATE }, { fetchNext: true }),
        ]);
      // This also loads the script.
      const [, second] = await ends();
      if (second === null || second === 'needs_recovery' || !('action' in second)) throw new Error('no job');
      const later = { ...event, events: [newMessage(BOB, 2)], state: { set: { pts: '2' } } };
      expect(
        await scriptsIn(() =>
          Promise.all([
            second.complete({ message_id: 2, date: DATE }),
            inbox.append(stage.userId, '1 worker', later),
          ]),
        ),
      ).toBe(1);
      const reader = new EventReader(stage.redis, new Sealer([Buffer.alloc(32, 7)]), Infinity);
      expect((await reader.read(stage.userId, 0, 10)).events).toMatchObject([
        { seq: 1, message: { message_id: 1 } },
        { seq: 2, message: { message_id: 2 } },
      ]);
      expect(await inbox.readState(stage.userId)).toEqual({ pts: '2' });
      for (const { jobId } of [first, second])
        expect(await stage.producer.job(jobId)).toMatchObject({ state: 'completed' });
    });

    test('an event is appended also if the job cannot be completed, or the numbers are used up', async () => {
      const worker = await stage.owner(1, stage.redis, inbox.appends);
      const job = await take(worker);
      await inbox.append(stage.userId, '1 worker', { events: [], seq: SEQ });
      await job.complete({ message_id: 1, date: DATE });
      const [again, appended] = await Promise.allSettled([
        job.complete({ message_id: 1, date: DATE }),
        inbox.append(stage.userId, '1 worker', event),
      ]);
      expect([again.status, appended]).toMatchObject(['rejected', { value: { lastSeq: 1 } }]);
      const next = await take(worker);
      const [ended, refused] = await Promise.allSettled([
        next.complete({ message_id: 2, date: DATE }),
        inbox.append(stage.userId, '1 worker', { ...event, seq: { start: 0, limit: 2 } }),
      ]);
      expect([ended.status, refused]).toMatchObject(['fulfilled', { value: 'limit' }]);
    });

    test('out of memory, Redis refuses the event but not the end of the job', async () => {
      const worker = await stage.owner(1, stage.redis, inbox.appends);
      const job = await take(worker);
      await inbox.append(stage.userId, '1 worker', { events: [], seq: SEQ });
      const ends = () =>
        Promise.allSettled([
          inbox.append(stage.userId, '1 worker', event),
          job.complete({ message_id: 1, date: DATE }),
        ]);
      await stage.redis.config('SET', 'maxmemory', '1');
      try {
        expect(await ends()).toMatchObject([
          { status: 'rejected', reason: { message: expect.stringContaining('OOM') } },
          { status: 'fulfilled' },
        ]);
      } finally {
        await stage.redis.config('SET', 'maxmemory', '0');
      }
      expect(await stage.producer.job(job.jobId)).toMatchObject({ state: 'completed' });
      expect(await inbox.readState(stage.userId)).toBeNull();
      expect(await inbox.append(stage.userId, '1 worker', event)).toEqual({ lastSeq: 1 });
    });

    test('a former owner neither completes nor appends', async () => {
      const job = await take(await stage.owner(1, stage.redis, inbox.appends));
      await inbox.append(stage.userId, '1 worker', { events: [], seq: SEQ });
      await stage.owner(2);
      const ends = [
        inbox.append(stage.userId, '1 worker', event),
        job.complete({ message_id: 1, date: DATE }),
      ];
      for (const end of await Promise.allSettled(ends))
        expect(end).toMatchObject({ status: 'rejected', reason: expect.any(Fenced) });
      expect(await inbox.readState(stage.userId)).toBeNull();
    });

    test("the end of a former owner's job does not fence an append of the next owner", async () => {
      const job = await take(await stage.owner(1, stage.redis, inbox.appends));
      await inbox.append(stage.userId, '1 worker', { events: [], seq: SEQ });
      await stage.owner(2);
      const [appended, ended] = await Promise.allSettled([
        inbox.append(stage.userId, '2 worker', event),
        job.complete({ message_id: 1, date: DATE }),
      ]);
      expect(appended).toMatchObject({ status: 'fulfilled', value: { lastSeq: 1 } });
      expect(ended).toMatchObject({ status: 'rejected', reason: expect.any(Fenced) });
    });
  });

  test('completing a job fetches none unless requested', async () => {
    await stage.add('1', '2');
    const job = await take(await stage.owner());
    expect(await job.complete({ message_id: 1, date: DATE })).toBeNull();
    expect(await stage.producer.pending(stage.userId)).toMatchObject({ waiting: 1, active: 0 });
  });

  test('no send state is stored with a job that cannot be completed', async () => {
    await stage.add('1');
    const worker = await stage.owner();
    const job = await take(worker);
    await job.complete({ message_id: 1, date: DATE });
    const state = { ...EMPTY_SEND_STATE, disconnectedAt: 7 };
    await expect(job.complete({ message_id: 2, date: DATE }, { state, fetchNext: true })).rejects.toThrow();
    expect(await readSendState(stage.redis, stage.userId)).toEqual(EMPTY_SEND_STATE);
  });

  test('the send state of a completion that never reached Redis is not stored with a later one', async () => {
    await stage.add('1');
    const job = await take(await stage.owner());
    const state = { ...EMPTY_SEND_STATE, disconnectedAt: 7 };
    const unwritable = { message_id: 1n as unknown as number, date: DATE };
    await expect(job.complete(unwritable, { state, fetchNext: false })).rejects.toThrow('BigInt');
    await job.complete({ message_id: 1, date: DATE });
    expect(await readSendState(stage.redis, stage.userId)).toEqual(EMPTY_SEND_STATE);
  });

  test('a job that was put back is the next one again, and uses up no attempt', async () => {
    const [first] = await stage.add('1', '2');
    const worker = await stage.owner();
    await (await take(worker)).putBack();
    const again = await take(worker);
    expect(again.jobId).toBe(first);
    await again.complete({ message_id: 9, date: DATE });
    expect(await stage.producer.job(again.jobId)).toMatchObject({
      state: 'completed',
      attempts: 1,
      result: { message_id: 9 },
    });
  });

  test('a job counts its tries through waits, restarts, its end and a manual retry', async () => {
    const [jobId = ''] = await stage.add('1');
    const attempts = async () => (await stage.producer.job(jobId))?.attempts;
    const write = (tries: number, owner = '1 worker') =>
      writeSendState(stage.redis, owner, stage.userId, EMPTY_SEND_STATE, new Map([[jobId, tries]]));
    const first = await take(await stage.owner());
    expect([first.attempts, await attempts()]).toEqual([0, 0]);
    await write(2);
    expect(await attempts()).toBe(2);
    await first.putBack();
    const second = await take(await stage.owner(2));
    expect(second.attempts).toBe(2);
    await expect(write(9)).rejects.toThrow(Fenced);
    await second.fail(new GatewayError('TELEGRAM_ERROR'), 3);
    expect(await attempts()).toBe(3);
    await stage.producer.jobs.retry(stage.userId, jobId);
    const third = await take(await stage.owner(2));
    expect([third.attempts, third.askedAt >= second.askedAt]).toEqual([3, true]);
    await third.complete({ message_id: 1, date: DATE }, { attempts: 4, fetchNext: false });
    expect(await attempts()).toBe(4);
    await write(5, '2 worker');
    await stage.redis.del(stage.queue().toKey(jobId));
    await write(6, '2 worker');
    expect(await stage.producer.job(jobId)).toBeNull();
  });

  test('a job that ends without a try has 0 attempts', async () => {
    const [jobId = ''] = await stage.add('1');
    await (await take(await stage.owner())).fail(new GatewayError('CANCELLED'), 0);
    expect(await stage.producer.job(jobId)).toMatchObject({ state: 'cancelled', attempts: 0 });
  });

  test('a job with a send_at joins the queue at that time, behind jobs accepted before', async () => {
    const sendAt = Date.now() + 60_000;
    (await stage.send({ job: stage.message('later'), sendAt })).wait.cancel();
    await stage.add('1');
    const worker = await stage.owner();
    expect(await stage.producer.pending(stage.userId)).toEqual({ waiting: 1, delayed: 1, active: 0 });
    expect(await worker.promoteDue(sendAt - 1)).toBe(sendAt);
    expect((await stage.producer.pending(stage.userId)).delayed).toBe(1);
    expect(await worker.promoteDue(sendAt)).toBe(Infinity);
    await stage.add('2');
    for (const text of ['1', 'later', '2']) expect((await take(worker)).data['text']).toBe(text);
  });

  test('a fetch that finds nothing tells when the next send_at is due', async () => {
    const sendAt = Date.now() + 60_000;
    await stage.add('1', '2');
    for (const at of [sendAt + 1, sendAt])
      (await stage.send({ job: stage.message('later'), sendAt: at })).wait.cancel();
    const worker = await stage.owner();
    const first = await take(worker);
    expect(await first.complete({ message_id: 1, date: DATE })).toBeNull();
    const second = await take(worker);
    expect(await second.complete({ message_id: 2, date: DATE }, { fetchNext: true })).toEqual({
      nextDueAt: sendAt,
    });
    expect(await worker.next()).toEqual({ nextDueAt: sendAt });
    await worker.promoteAll();
    for (const fetchNext of [false, true]) {
      const job = await take(worker);
      const then = await job.complete({ message_id: 3, date: DATE }, { fetchNext });
      expect(then).toEqual(fetchNext ? { nextDueAt: Infinity } : null);
    }
  });

  test('a held job shows why, and until when', async () => {
    const [jobId = ''] = await stage.add('1');
    const job = await take(await stage.owner());
    expect(await stage.producer.job(jobId)).toMatchObject({ state: 'active', reason: null });
    const until = Date.now() + 60_000;
    await writeHeldJobs(stage.redis, stage.userId, [{ jobId, hold: { reason: 'SLOWMODE_WAIT', until } }]);
    expect(await stage.producer.job(jobId)).toMatchObject({
      state: 'delayed',
      reason: 'SLOWMODE_WAIT',
      retry_at: new Date(until).toISOString(),
    });
    expect(await stage.producer.pending(stage.userId)).toEqual({ waiting: 0, delayed: 1, active: 0 });
    // Nobody knows when its turn comes.
    await writeHeldJobs(stage.redis, stage.userId, [{ jobId, hold: { reason: 'UPLOAD_TURN', until } }]);
    const waits = { state: 'delayed', reason: 'UPLOAD_TURN', retry_at: null };
    expect(await stage.producer.job(jobId)).toMatchObject(waits);
    await job.putBack();
  });

  test('the sent parts of a job are known at its next fetch', async () => {
    await stage.add('1');
    const worker = await stage.owner();
    const job = await take(worker);
    const progress = { sent: [{ message_id: 5, date: DATE }] };
    await job.saveProgress(progress);
    await job.putBack();
    expect((await take(worker)).progress).toEqual(progress);
  });

  test('the last message id to a recipient is known from the results', async () => {
    await stage.add('1', '2');
    const worker = await stage.owner();
    await (await take(worker)).complete({ message_id: 8, message_ids: [7, 8], date: DATE });
    await (await take(worker)).complete({ message_id: 6, date: DATE });
    expect(await worker.lastMessageIdTo('me')).toBe(8);
    expect(await worker.lastMessageIdTo('@other')).toBe(0);
  });

  test('a job without a message fails, and the next one is fetched', async () => {
    const queue = stage.queue();
    await queue.add('send', JSON.parse('{"text":5}'), { jobId: 'not-ours' });
    await stage.add('1');
    expect((await take(await stage.owner())).data['text']).toBe('1');
    expect(await (await queue.getJob('not-ours'))?.getState()).toBe('failed');
  });

  test('a failed job shows its error to callers, with code and kind', async () => {
    await stage.add('1');
    const job = await take(await stage.owner());
    await job.fail(
      new GatewayError('RECIPIENT_REFUSED', undefined, { rpcError: 'USER_IS_BLOCKED', jobId: job.jobId }),
    );
    expect(await stage.producer.job(job.jobId)).toMatchObject({
      state: 'failed',
      error: {
        code: 'RECIPIENT_REFUSED',
        kind: 'permanent',
        rpc_error: 'USER_IS_BLOCKED',
        job_id: job.jobId,
      },
    });
  });
});
