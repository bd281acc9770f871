import { actionOf, type NewJob } from '@gateway/actions';
import { GatewayError, whoMustHaveWritten, type AccountView } from '@gateway/contracts';
import { knownNamesKey, writersKey } from '../keys.ts';
import type { RedisClient } from '../redis/clients.ts';
import { Script } from '../redis/script.ts';

const HOUR_MS = 3_600_000;

/**
 * Lua function: whether the person of a check (JSON of {@link ReplyCheck}) has written to the account in time. Writing
 * to a group or channel is always allowed. A name that the account does not know is refused: nobody has written under
 * it.
 */
export const IS_REPLY = `
local function is_reply(json)
  local check = cjson.decode(json)
  local who = check.who
  if string.find(who, '^[@+]') then who = redis.call('HGET', check.names, who) end
  if not who then return false end
  if string.sub(who, 1, 1) == '-' then return true end
  local at = redis.call('ZSCORE', check.writers, who)
  return at and tonumber(at) >= check.since
end`;

interface ReplyCheck {
  /** As `whoMustHaveWritten` names them. */
  who: string;
  /** ms since the epoch. */
  since: number;
  /** The keys of the account's names, and of who wrote to it. */
  names: string;
  writers: string;
}

/** What Redis must check before the account writes to the recipient (JSON); empty: nothing. */
function replyCheck(userId: string, view: AccountView, recipientId: string, now: number): string {
  const rule = view.replies_only;
  const who = rule === undefined ? null : whoMustHaveWritten(recipientId, view.user);
  if (rule === undefined || who === null) return '';
  // Without receiving nobody is known to have written lately.
  const since = rule.receiving ? now - rule.within_hours * HOUR_MS : Number.MAX_SAFE_INTEGER;
  const check: ReplyCheck = { who, since, names: knownNamesKey(userId), writers: writersKey(userId) };
  return JSON.stringify(check);
}

/** {@link replyCheck} for a job; empty for one that makes no messages. */
export function replyCheckOf(
  { name, data }: Pick<NewJob, 'name' | 'data'>,
  view: AccountView,
  now: number,
): string {
  const action = view.replies_only === undefined ? undefined : actionOf(name);
  return action?.makesMessages === true ? replyCheck(data.userId, view, action.chatsOf(data)[0], now) : '';
}

/** The error of a message that is no reply. */
export function notAReply({ replies_only: rule }: AccountView): GatewayError {
  return new GatewayError(rule?.receiving === false ? 'RECEIVING_OFF' : 'NOT_A_REPLY');
}

/** KEYS: who wrote to the account. ARGV: the check. */
const CHECK = new Script(`${IS_REPLY}
return is_reply(ARGV[1]) and 1 or 0`);

/** Checks a message that is not enqueued now. @throws {GatewayError} `NOT_A_REPLY`, `RECEIVING_OFF`. */
export async function requireReply(
  redis: RedisClient,
  userId: string,
  view: AccountView,
  recipientId: string,
): Promise<void> {
  await refuse(redis, userId, view, replyCheck(userId, view, recipientId, Date.now()));
}

/** As {@link requireReply}, for a job. */
export async function refuseNoReply(
  redis: RedisClient,
  job: Pick<NewJob, 'name' | 'data'>,
  view: AccountView,
): Promise<void> {
  await refuse(redis, job.data.userId, view, replyCheckOf(job, view, Date.now()));
}

async function refuse(redis: RedisClient, userId: string, view: AccountView, check: string): Promise<void> {
  if (check !== '' && (await CHECK.run(redis, [writersKey(userId)], [check])) !== 1) throw notAReply(view);
}
