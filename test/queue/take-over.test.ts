import { EMPTY_SEND_STATE } from '@gateway/contracts';
import { Fenced, writeHeldJobs, openConsumerRedis, readSendState } from '@gateway/queue';
import { RedisProxy } from '@gateway/queue/testing';
import { parseRedisUrl, silentLogger } from '@gateway/runtime';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { DATE, QueueStage, recover, take } from './queue-stage.ts';

describe("an account's queue that another worker takes over", () => {
  let stage: QueueStage;
  beforeAll(async () => {
    stage = await QueueStage.open();
  });
  afterAll(() => stage.close());
  beforeEach(() => stage.nextAccount());

  test('the next owner first fetches what the former owner had fetched, in order', async () => {
    const ids = await stage.add('1', '2', '3', '4');
    const former = await stage.owner(1);
    await take(former);
    await take(former);
    await take(former);
    const next = await stage.owner(2);
    expect(await recover(next)).toMatchObject(
      ids.slice(0, 3).map((jobId) => ({ jobId, fetchedBy: 'worker' })),
    );
    for (const text of ['1', '2', '3', '4']) expect((await take(next)).data['text']).toBe(text);
  });

  test('a former owner cannot end a job that another has taken over', async () => {
    await stage.add('1');
    const stale = await take(await stage.owner(1));
    const next = await stage.owner(2);
    await recover(next);
    const job = await take(next);
    await expect(stale.complete({ message_id: 1, date: DATE })).rejects.toThrow();
    await expect(stale.putBack()).rejects.toThrow();
    await job.complete({ message_id: 2, date: DATE });
    expect(await stage.producer.job(job.jobId)).toMatchObject({ result: { message_id: 2 } });
  });

  test('a former owner that fetches again is fenced, and gets nothing', async () => {
    await stage.add('1', '2', '3');
    const former = await stage.owner(1);
    const next = await stage.owner(2);
    await recover(next);
    await expect(former.next()).rejects.toThrow(Fenced);
    for (const text of ['1', '2', '3']) expect((await take(next)).data['text']).toBe(text);
  });

  test('a former owner that ends its job late neither ends, fetches nor writes anything', async () => {
    await stage.add('1', '2');
    const late = await take(await stage.owner(1));
    const next = await stage.owner(2);
    const state = { ...EMPTY_SEND_STATE, disconnectedAt: 1 };
    const ending = late.complete({ message_id: 1, date: DATE }, { state, fetchNext: true });
    await expect(ending).rejects.toThrow(Fenced);
    expect(await readSendState(stage.redis, stage.userId)).toEqual(EMPTY_SEND_STATE);
    expect(await recover(next)).toHaveLength(1);
    for (const text of ['1', '2']) expect((await take(next)).data['text']).toBe(text);
  });

  test('a former owner that saves progress late does not replace that of the next owner', async () => {
    await stage.add('1');
    const late = await take(await stage.owner(1));
    await late.saveProgress({ sent: [], files: [{ uploaded: 1 }] });
    const next = await stage.owner(2);
    await recover(next);
    const progress = { sent: [], files: [{ uploaded: 2 }] };
    await (await take(next)).saveProgress(progress);
    await expect(late.saveProgress({ sent: [], files: [{ uploaded: 1 }] })).rejects.toThrow(Fenced);
    await recover(next);
    expect((await take(next)).progress).toEqual(progress);
  });

  test('a former owner neither promotes jobs nor puts them back late', async () => {
    await stage.add('1');
    const former = await stage.owner(1);
    await take(former);
    let goOn: (() => void) | undefined;
    const recovering = former.recover(() => new Promise<void>((resolve) => (goOn = resolve)));
    await expect.poll(() => goOn).toBeDefined();
    const next = await stage.owner(2);
    await recover(next);
    await take(next);
    const sendAt = Date.now() + 60_000;
    (await stage.send({ job: stage.message('later'), sendAt })).wait.cancel();
    goOn?.();
    await expect(recovering).rejects.toThrow(Fenced);
    await expect(former.promoteDue(sendAt)).rejects.toThrow(Fenced);
    await expect(former.promoteAll()).rejects.toThrow(Fenced);
    expect(await stage.producer.pending(stage.userId)).toEqual({ waiting: 0, delayed: 1, active: 1 });
  });

  test('a job whose fetch lost its answer is not skipped', async () => {
    await stage.add('1', '2');
    const worker = await stage.owner();
    const lost = await stage.owner();
    await lost.next();
    expect(await worker.next()).toBe('needs_recovery');
    await recover(worker);
    for (const text of ['1', '2']) expect((await take(worker)).data['text']).toBe(text);
  });

  test('a job whose fetch lost its answer is noticed even if it is the last', async () => {
    await stage.add('1');
    const worker = await stage.owner();
    await (await stage.owner()).next();
    expect(await worker.next()).toBe('needs_recovery');
    await recover(worker);
    expect((await take(worker)).data['text']).toBe('1');
  });

  test('a job whose end lost its answer ends once, and the job fetched with it is the next one', async () => {
    const [first = '', second = ''] = await stage.add('1', '2', '3');
    await using proxy = await RedisProxy.before(stage.server.url);
    const redis = openConsumerRedis(parseRedisUrl(proxy.url), silentLogger());
    const worker = await stage.owner(1, redis);
    const job = await take(worker);
    const state = { ...EMPTY_SEND_STATE, unreachableSince: 7 };
    proxy.swallowReplies();
    const ending = job.complete({ message_id: 1, date: DATE }, { state, fetchNext: true });
    ending.catch(() => {});
    await expect.poll(async () => (await stage.producer.job(second))?.state).toBe('active');
    const endedAs = await stage.producer.job(first);
    expect(endedAs).toMatchObject({ state: 'completed', result: { message_id: 1 } });

    // The step is sent again after the reconnect. It must neither end a job twice nor fetch another.
    proxy.cut();
    proxy.heal();
    await expect(ending).rejects.toThrow('Missing lock');
    expect(await stage.producer.job(first)).toEqual(endedAs);
    expect(await stage.producer.pending(stage.userId)).toEqual({ waiting: 1, delayed: 0, active: 1 });
    expect(await stage.queue().getCompletedCount()).toBe(1);
    expect(await readSendState(stage.redis, stage.userId)).toEqual(state);

    expect((await recover(worker)).map(({ jobId }) => jobId)).toEqual([second]);
    for (const text of ['2', '3']) {
      const next = await take(worker);
      expect(next.data['text']).toBe(text);
      await next.complete({ message_id: 2, date: DATE });
    }
    expect(await worker.next()).toEqual({ nextDueAt: Infinity });
    expect(await stage.producer.job(first)).toEqual(endedAs);
    redis.disconnect();
  });

  test('a new owner learns which jobs the former owner held and which it was sending', async () => {
    const [first, second = ''] = await stage.add('1', '2');
    const former = await stage.owner(1);
    await take(former);
    await take(former);
    await writeHeldJobs(stage.redis, stage.userId, [
      { jobId: second, hold: { reason: 'PACE', until: Date.now() } },
    ]);
    expect(await recover(await stage.owner(2))).toMatchObject([
      { jobId: first, wasHeld: false },
      { jobId: second, wasHeld: true },
    ]);
  });
});
