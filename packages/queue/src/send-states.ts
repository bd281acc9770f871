import { EMPTY_SEND_STATE, sendStateSchema, type SendState } from '@gateway/contracts';
import { fencedWrite } from './fence.ts';
import { sendStateKey } from './keys.ts';
import type { RedisClient } from './redis.ts';

/** What is remembered of an account's sends; {@link EMPTY_SEND_STATE} where nothing is. */
export async function readSendState(redis: RedisClient, userId: string): Promise<SendState> {
  const json = await redis.get(sendStateKey(userId));
  return json === null ? EMPTY_SEND_STATE : sendStateSchema.parse(JSON.parse(json));
}

/** Only the worker that owns the account may. @throws {Fenced} */
export async function writeSendState(
  redis: RedisClient,
  fence: string,
  userId: string,
  state: SendState,
): Promise<void> {
  await fencedWrite(redis, userId, fence, sendStateKey(userId), JSON.stringify(state));
}
