import { GatewayError, type ControlJobName, type ControlPayload } from '@gateway/contracts';
import { sleep } from '@gateway/runtime';
import type { Stage } from './stage.ts';

/** Puts messages into the queues of some accounts, evenly. */
export async function fill(stage: Stage, users: readonly string[], messages: number): Promise<void> {
  const sends = Array.from({ length: messages }, (_, index) => ({
    name: 'send' as const,
    data: {
      userId: users[index % users.length] ?? '',
      recipient: 'me',
      text: `message ${index}`,
      linkPreview: true,
      requestId: 'bench',
    },
  }));
  for (let at = 0; at < sends.length; at += 1_000)
    await stage.producer.enqueueMany(sends.slice(at, at + 1_000), () => {});
}

/** Waits until no message waits. Polls rarely, so as not to affect the measurement. */
export async function drained(stage: Stage, users: readonly string[]): Promise<void> {
  for (const userId of users) {
    for (;;) {
      const { waiting, delayed, active } = await stage.producer.pending(userId);
      if (waiting + delayed + active === 0) break;
      await sleep(50);
    }
  }
}

/** Waits until the API knows every account. */
export async function accountsKnown(stage: Stage): Promise<void> {
  // Until all of a shard are published, it is not known whether an account exists.
  const isKnown = (userId: string) =>
    stage.producer.accountView(userId).then(
      ({ state }) => state !== 'none',
      () => false,
    );
  for (const userId of stage.accounts.keys()) while (!(await isKnown(userId))) await sleep(50);
}

/** Pauses or resumes an account's sends. */
export async function control(
  stage: Stage,
  userId: string,
  name: 'account.pause' | 'account.resume',
): Promise<void> {
  await run(stage, userId, name, {});
}

/** Turns receiving on or off. */
export async function receive(stage: Stage, userId: string, enabled: boolean): Promise<void> {
  await run(stage, userId, 'account.receive', { enabled });
}

async function run<N extends ControlJobName>(
  stage: Stage,
  userId: string,
  name: N,
  payload: ControlPayload<N>,
): Promise<void> {
  const details = { expiresAt: Date.now() + 60_000, requestId: 'bench' };
  const { jobId, wait } = await stage.producer.control.enqueue(name, userId, payload, details);
  await wait.until(60_000);
  wait.cancel();
  if ((await stage.producer.control.result(name, jobId)) === null) throw new GatewayError('TELEGRAM_TIMEOUT');
}
