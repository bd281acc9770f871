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

  /** A sent message, and the account's ledger that it has changed. */
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

  /** Varies the time between the two in microtask turns. BullMQ needs several before it sends its command. */
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

  test('stays disconnected if the completing script must be sent to Redis again', async () => {
    const { ledger, end } = await sent();
    await stage.redis.script('FLUSH');
    await ledger.save(); // Redis has this script cached again, so it would overtake.
    ledger.recordReached();
    const ending = end();
    ledger.recordDisconnected(DISCONNECTED_AT);
    await Promise.all([ending, ledger.save()]);
    expect(await readSendState(stage.redis, stage.userId)).toMatchObject({
      disconnectedAt: DISCONNECTED_AT,
      unreachableSince: null,
    });
  });

  test('a state that could not be stored with the completion is stored by a simultaneous save', async () => {
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
