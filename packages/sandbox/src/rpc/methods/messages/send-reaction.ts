import type { TlObject } from '../../../types.ts';
import { checkMember } from '../../chats/chat-rights.ts';
import { rpcError } from '../../errors.ts';
import { intField, objectField, objectList, textField } from '../../fields.ts';
import { boxesOf, writtenMessage } from '../../messages/find-message.ts';
import { KNOWN_REACTIONS } from '../../messages/known-reactions.ts';
import { boxOf, peerOfInput } from '../../peers.ts';
import { unixSeconds, type UserRequest } from '../../telegram.ts';
import { updatesObject } from '../../updates/box-updates.ts';
import { publish } from '../../updates/publish.ts';

/** How many reactions to a message an account without Telegram Premium may have. */
const MAX_REACTIONS = 1;

/** Replaces the account's reactions to a message; none removes them. */
export function sendReaction({ call, query, account, telegram }: UserRequest): TlObject {
  const { store } = telegram;
  const peer = peerOfInput(store, account, objectField(query, 'peer'));
  checkMember(store, account, peer);
  const id = intField(query, 'msg_id');
  const message = writtenMessage(store, account, peer, id);
  const emoji = emojiOf(objectList(query, 'reaction'));
  const before = message.reactions?.find(({ accountId }) => accountId === account.id)?.emoji ?? [];
  if (before.join(' ') === emoji.join(' ')) throw rpcError('MESSAGE_NOT_MODIFIED');
  const box = boxOf(peer, account.id);
  const date = unixSeconds(telegram);
  const changes = publish(
    telegram,
    boxesOf(message),
    [{ type: 'message_reacted', copy: { box, id }, accountId: account.id, emoji, date }],
    call,
  );
  return updatesObject(telegram, account, box, changes.get(box) ?? []);
}

/** @throws {RpcError} REACTION_INVALID, REACTIONS_TOO_MANY, PREMIUM_ACCOUNT_REQUIRED. */
function emojiOf(reactions: readonly TlObject[]): string[] {
  const emoji = reactions.flatMap((reaction) => {
    if (reaction._ === 'reactionEmpty') return [];
    if (reaction._ === 'reactionCustomEmoji') throw rpcError('PREMIUM_ACCOUNT_REQUIRED');
    if (reaction._ !== 'reactionEmoji') throw rpcError('REACTION_INVALID');
    return [textField(reaction, 'emoticon')];
  });
  if (!emoji.every((each) => KNOWN_REACTIONS.has(each))) throw rpcError('REACTION_INVALID');
  if (emoji.length > MAX_REACTIONS) throw rpcError('REACTIONS_TOO_MANY');
  return emoji;
}
