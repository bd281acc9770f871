import { setImmediate as turn } from 'node:timers/promises';
import type { ReadMessage, Recipient } from '@gateway/contracts';
import { GatewayError } from '@gateway/contracts';
import bigInt from 'big-integer';
import { Api } from 'telegram/tl/index.js';
import type { Asker } from '../caller.ts';
import { withRecipient } from '../calls/with-recipient.ts';
import type { Recipients } from '../peers/recipients.ts';
import { isOfServiceAccount, isServiceAccount } from '../shown/service-account.ts';
import { Companions } from '../shown/shown-chat.ts';
import { isShown, shownMessage } from '../shown/shown-message.ts';

/** Messages that are converted at a time: each may have 4,096 characters and hundreds of entities. */
const AT_ONCE = 25;

export interface MessageQuery {
  recipient: Recipient;
  limit: number;
  /** Only messages before this id, if given. */
  before: number | null;
  /** Only messages after this id, if given. */
  after: number | null;
  /** Only messages with this text, if given. */
  search: string | null;
  /** Only messages of this forum topic, if given. */
  topicId: number | null;
  /** The id of the account. */
  ownId: string;
  /** When the caller requested it, ms since the epoch. */
  askedAt: number;
}

type Page = Exclude<Api.messages.TypeMessages, Api.messages.MessagesNotModified>;

/**
 * A page of a chat's messages, the newest first. It leaves out every message of Telegram's own account: a search must
 * not even tell whether there is one.
 */
export async function readMessages(
  asker: Asker,
  recipients: Recipients,
  query: MessageQuery,
): Promise<{ messages: ReadMessage[]; next: number | null }> {
  return withRecipient(recipients, query, async ({ input: peer }) => {
    if (isServiceAccount(peer)) return { messages: [], next: null };
    if (query.topicId !== null && !(peer instanceof Api.InputPeerChannel))
      throw new GatewayError('VALIDATION', 'topic_id is for supergroups with topics.', {
        issues: [{ path: 'topic_id', message: 'must be absent: the chat has no topics' }],
      });
    const answer = await asker.ask(requestOf(peer, query));
    if (answer instanceof Api.messages.MessagesNotModified) return { messages: [], next: null };
    recipients.remember(answer);
    const companions = new Companions(answer);
    const present = answer.messages.filter(isShown).filter((message) => !isOfServiceAccount(message));
    const oldest = answer.messages.at(-1)?.id ?? 0;
    const isLast = oldest <= (query.after ?? 0) + 1 || endsAt(answer, query);
    const messages: ReadMessage[] = [];
    for (const [index, message] of present.entries()) {
      // Other accounts go on meanwhile. The first pause is for the time that GramJS took to read the answer.
      if (index % AT_ONCE === 0) await turn();
      messages.push(shownMessage(message, companions, query.ownId));
    }
    return {
      messages,
      next: isLast ? null : oldest,
    };
  });
}

/**
 * Whether nothing comes after the page. A page with fewer messages than asked does not say so: Telegram leaves out
 * messages that it may not show, and counts them all the same.
 */
function endsAt(answer: Page, { limit, before, after }: MessageQuery): boolean {
  const { length } = answer.messages;
  if (length === 0 || answer instanceof Api.messages.Messages) return true;
  if (length >= limit) return false;
  // Messages that are too old are missing too then.
  if (after !== null) return true;
  const offset = answer.offsetIdOffset ?? (before === null ? 0 : undefined);
  return offset !== undefined && offset + length >= answer.count;
}

function requestOf(peer: Api.TypeInputPeer, { limit, before, after, search, topicId }: MessageQuery) {
  const page = {
    peer,
    offsetId: before ?? 0,
    addOffset: 0,
    limit,
    maxId: 0,
    minId: after ?? 0,
    hash: bigInt.zero,
  };
  if (search !== null)
    return new Api.messages.Search({
      ...page,
      q: search,
      filter: new Api.InputMessagesFilterEmpty(),
      minDate: 0,
      maxDate: 0,
      ...(topicId !== null && { topMsgId: topicId }),
    });
  if (topicId !== null) return new Api.messages.GetReplies({ ...page, msgId: topicId, offsetDate: 0 });
  return new Api.messages.GetHistory({ ...page, offsetDate: 0 });
}
