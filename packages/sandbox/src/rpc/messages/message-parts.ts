import type { Account, ForwardOrigin, InlineButton, Message, PeerId } from '../../state/model.ts';
import { idIn, messageIn } from '../../state/state.ts';
import type { Store } from '../../state/store.ts';
import type { TlObject } from '../../types.ts';
import { creatorOf } from '../chats/creator.ts';
import { peerObject } from '../objects.ts';
import { boxOf, isChannel } from '../peers.ts';

/** These functions build the parts of a message's TL object. */

/** What a service message tells; undefined for other messages. */
export function actionObject(store: Store, message: Message): TlObject | undefined {
  const { action, actionUser, actionUsers, from, to, text } = message;
  if (action === undefined) return undefined;
  const chat = store.state.chats.get(to);
  switch (action) {
    case 'created':
      return isChannel(to)
        ? { _: 'messageActionChannelCreate', title: text }
        : { _: 'messageActionChatCreate', title: text, users: (chat?.members ?? []).map(BigInt) };
    case 'pinned':
      return { _: 'messageActionPinMessage' };
    case 'added':
      return { _: 'messageActionChatAddUser', users: (actionUsers ?? []).map(BigInt) };
    case 'joined':
      return { _: 'messageActionChatAddUser', users: [BigInt(from)] };
    case 'joined_by_link':
      return {
        _: 'messageActionChatJoinedByLink',
        inviter_id: BigInt(chat === undefined ? from : creatorOf(chat)),
      };
    case 'joined_by_request':
      return { _: 'messageActionChatJoinedByRequest' };
    case 'left':
      return { _: 'messageActionChatDeleteUser', user_id: BigInt(actionUser ?? from) };
    case 'title_changed':
      return { _: 'messageActionChatEditTitle', title: text };
    case 'topic_created':
      return { _: 'messageActionTopicCreate', title: text, icon_color: 0x6fb9f0 };
  }
}

/** The id of the original message differs from box to box. */
export function replyHeader(store: Store, message: Message, box: PeerId): TlObject | undefined {
  const { replyTo, topicId, quote } = message;
  const original = messageRepliedTo(store, message);
  const id = original === undefined ? topicId : (idIn(original, box) ?? topicId);
  if (id === undefined) return undefined;
  return {
    _: 'messageReplyHeader',
    reply_to_msg_id: id,
    ...(topicId !== undefined && { forum_topic: true }),
    ...(topicId !== undefined && replyTo !== undefined && { reply_to_top_id: topicId }),
    ...(quote !== undefined && { quote: true, quote_text: quote.text, quote_offset: quote.offset }),
  };
}

/** The message that a message replies to; undefined if it was deleted. */
export function messageRepliedTo(store: Store, { from, to, replyTo }: Message): Message | undefined {
  return replyTo === undefined ? undefined : messageIn(store.state, boxOf(to, from), replyTo);
}

/** Whether a message in a group mentions an account, by its name or by a reply to it. */
export function mentions(store: Store, viewer: Account, message: Message): boolean {
  const { from, to, text, entities = [] } = message;
  if (to >= 0 || from === viewer.id) return false;
  const username = viewer.username === undefined ? undefined : `@${viewer.username}`.toLowerCase();
  const isNamed = entities.some(
    ({ kind, userId, offset, length }) =>
      (kind === 'messageEntityMentionName' && userId === viewer.id) ||
      (kind === 'messageEntityMention' && text.slice(offset, offset + length).toLowerCase() === username),
  );
  return isNamed || messageRepliedTo(store, message)?.from === viewer.id;
}

export function forwardHeader({ from, date, postId }: ForwardOrigin): TlObject {
  return { _: 'messageFwdHeader', from_id: peerObject(from), date, channel_post: postId };
}

/** Undefined for a message without reactions. */
export function reactionsObject(viewer: Account, { to, reactions = [] }: Message): TlObject | undefined {
  if (reactions.length === 0) return undefined;
  const counts = new Map<string, { count: number; isOwn: boolean }>();
  for (const { accountId, emoji } of reactions) {
    for (const each of emoji) {
      const { count = 0, isOwn = false } = counts.get(each) ?? {};
      counts.set(each, { count: count + 1, isOwn: isOwn || accountId === viewer.id });
    }
  }
  const recent = reactions.flatMap(({ accountId, emoji, date }) =>
    emoji.map((each) => ({
      _: 'messagePeerReaction',
      my: accountId === viewer.id,
      peer_id: peerObject(accountId),
      date,
      reaction: reactionObject(each),
    })),
  );
  return {
    _: 'messageReactions',
    can_see_list: to < 0,
    results: [...counts].map(([emoji, { count, isOwn }]) => ({
      _: 'reactionCount',
      chosen_order: isOwn ? 0 : undefined,
      reaction: reactionObject(emoji),
      count,
    })),
    recent_reactions: recent,
  };
}

function reactionObject(emoticon: string): TlObject {
  return { _: 'reactionEmoji', emoticon };
}

export function buttonsObject(rows: readonly InlineButton[][]): TlObject {
  return {
    _: 'replyInlineMarkup',
    rows: rows.map((row) => ({
      _: 'keyboardButtonRow',
      buttons: row.map(({ text, data }) => ({
        _: 'keyboardButtonCallback',
        text,
        data: Buffer.from(data, 'latin1'),
      })),
    })),
  };
}
