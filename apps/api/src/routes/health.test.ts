import { publishShard, removeWorker, sendHeartbeat, unpublishShard } from '@gateway/queue';
import { expect, test } from 'vitest';
import { useRealQueues } from '../testing/real-queues.ts';

const queues = useRealQueues();

test('`/readyz` says what is missing: workers, then the accounts that they have not published yet', async () => {
  const { redis } = queues.owner;
  const { call } = queues.api();
  const ready = () => call('/readyz?verbose');
  await unpublishShard(redis, 0);
  expect(await ready()).toMatchObject({ status: 503, body: { part: 'workers' } });

  await sendHeartbeat(redis, '1');
  expect(await ready()).toMatchObject({
    status: 503,
    body: {
      code: 'WORKER_UNAVAILABLE',
      part: 'accounts',
      retry_after: 1,
      checks: { workers: { ok: true, live: 1 } },
    },
  });

  await publishShard(redis, 0, async () => true);
  expect(await ready()).toMatchObject({ status: 200, body: { status: 'ok' } });
  await removeWorker(redis, '1');
});
