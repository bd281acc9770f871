import { EMPTY_SEND_STATE } from '@gateway/contracts';
import { readSendState, writeSendState } from '@gateway/queue';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { SendLedger } from '../../apps/worker/src/lane/send-ledger.ts';
import { DATE, QueueStage, take } from '../queue/queue-stage.ts';

const SENT = { message_id: 1, date: DATE };
const DISCONNECTED_AT = 7;

describe('an account that is disconnected while one of its messages ends', () => {
  let stage: QueueStage;
  beforeAll(async () => {
    stage = await QueueStage.open();
  });
  afterAll(() => stage.close());
  beforeEach(() => stage.nextAccount());

  /** A message that has gone out, and the account's ledger, in which something has changed by it. */
  async function sent() {
    await stage.add('1', '2');
    const job = await take(await stage.owner());
    const ledger = new SendLedger(EMPTY_SEND_STATE, (state) =>
      writeSendState(stage.redis, '1 worker', stage.userId, state),
    );
    const end = () => ledger.saveWith((state) => job.complete(SENT, { state, fetchNext: true }));
    ledger.recordUnreachable(1);
    return { ledger, end };
  }

  /** The moments between the two are turns of the microtask queue: BullMQ takes several until its command leaves. */
  test.each([0, 1, 2, 3, 5, 8, 13])('stays disconnected (%i turns later)', async (turns) => {
    const { ledger, end } = await sent();
    const ending = end();
    for (let turn = 0; turn < turns; turn += 1) await Promise.resolve();
    ledger.recordDisconnected(DISCONNECTED_AT);
    await Promise.all([ending, ledger.save()]);
    expect(await readSendState(stage.redis, stage.userId)).toMatchObject({
      disconnectedAt: DISCONNECTED_AT,
      unreachableSince: 1,
    });
  });

  test('stays disconnected where Redis has to be sent the step of the end anew', async () => {
    const { ledger, end } = await sent();
    await stage.redis.script('FLUSH');
    await ledger.save(); // Its own step is known again, and would overtake.
    ledger.recordReached();
    const ending = end();
    ledger.recordDisconnected(DISCONNECTED_AT);
    await Promise.all([ending, ledger.save()]);
    expect(await readSendState(stage.redis, stage.userId)).toMatchObject({
      disconnectedAt: DISCONNECTED_AT,
      unreachableSince: null,
    });
  });

  test('what could not be written down with the end is written by a save that came meanwhile', async () => {
    const { ledger, end } = await sent();
    await end();
    ledger.recordReached();
    const again = end();
    const saved = ledger.save();
    await expect(again).rejects.toThrow();
    await saved;
    expect(await readSendState(stage.redis, stage.userId)).toMatchObject({ unreachableSince: null });
  });
});
