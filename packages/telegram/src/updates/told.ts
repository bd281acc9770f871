import type { ShownChat, ShownReaction } from '@gateway/contracts';
import type bigInt from 'big-integer';
import { Api } from 'telegram/tl/index.js';
import { Companions } from '../shown/shown-chat.ts';
import { isShown, shownMessage } from '../shown/shown-message.ts';
import { messageIn, type Arrival } from './arrivals.ts';
import type { Content, Told, Typing } from './content.ts';
import { memberChanges } from './member-changes.ts';
import { ownMembershipEnd } from './own-membership.ts';
import type { People } from './people.ts';
import { typingOf } from './typing.ts';

/** What an update tells, in the order of the events. Most kinds of updates tell nothing. */
export function toldBy(arrival: Arrival, people: People, ownId: string): (Told | Typing)[] {
  const caught_up = arrival.isCaughtUp === true;
  return contentOf(arrival, people, ownId).map((content) =>
    content.type === 'chat.typing' ? content : { ...content, caught_up },
  );
}

function contentOf(arrival: Arrival, people: People, ownId: string): (Content | Typing)[] {
  const { update } = arrival;
  const companions = new Companions(arrival.people, people);
  if (update instanceof Api.UpdateNewMessage || update instanceof Api.UpdateNewChannelMessage)
    return newMessage(arrival, companions, ownId);
  if (update instanceof Api.UpdateEditMessage || update instanceof Api.UpdateEditChannelMessage)
    return editedMessage(arrival, companions, ownId);
  if (update instanceof Api.UpdateDeleteMessages) {
    const { messages: message_ids } = update;
    return [{ type: 'message.deleted', at: null, chat: null, message_ids }];
  }
  if (update instanceof Api.UpdateDeleteChannelMessages) {
    const { messages: message_ids } = update;
    return [{ type: 'message.deleted', at: null, chat: channelOf(update, companions), message_ids }];
  }
  if (update instanceof Api.UpdateMessageReactions) {
    const { peer, msgId: message_id } = update;
    const reactions = shownReactions(update.reactions);
    return [{ type: 'message.reaction', at: null, chat: companions.chat(peer), message_id, reactions }];
  }
  if (update instanceof Api.UpdateChannel) return ownMembershipEnd(arrival, companions, ownId);
  return (
    typingOf(update, companions, ownId) ?? readOf(update, companions) ?? memberChanges(update, companions)
  );
}

function newMessage(arrival: Arrival, companions: Companions, ownId: string): Content[] {
  const { update, randomId } = arrival;
  const message = messageIn(update);
  if (message === undefined || !isShown(message)) return [];
  const shown = shownMessage(message, companions, ownId);
  const told = { type: 'message.new' as const, at: message.date, message: shown };
  return [
    { ...told, ...(randomId !== undefined && { randomId }) },
    ...(shown.redacted === true ? [] : memberChanges(message, companions)),
  ];
}

/** Telegram tells a link's preview and a reaction as an edit, too: hidden, or with no other date. */
function editedMessage({ update, isReaction }: Arrival, companions: Companions, ownId: string): Content[] {
  const message = messageIn(update);
  if (!(message instanceof Api.Message) || isReaction === true) return [];
  if (!message.editDate || message.editHide === true) return [];
  const shown = shownMessage(message, companions, ownId);
  return [{ type: 'message.edited', at: message.editDate, message: shown }];
}

/** What the account or the others have read. */
function readOf(update: Api.TypeUpdate, companions: Companions): Content[] | undefined {
  const told = (type: 'message.read' | 'message.read_inbox', peer: Api.TypePeer, up_to: number): Content[] =>
    up_to === 0 ? [] : [{ type, at: null, chat: companions.chat(peer), up_to }];
  if (update instanceof Api.UpdateReadHistoryOutbox) return told('message.read', update.peer, update.maxId);
  if (update instanceof Api.UpdateReadHistoryInbox)
    return told('message.read_inbox', update.peer, update.maxId);
  if (update instanceof Api.UpdateReadChannelOutbox)
    return told('message.read', new Api.PeerChannel({ channelId: update.channelId }), update.maxId);
  if (update instanceof Api.UpdateReadChannelInbox)
    return told('message.read_inbox', new Api.PeerChannel({ channelId: update.channelId }), update.maxId);
  return undefined;
}

function channelOf({ channelId }: { channelId: bigInt.BigInteger }, companions: Companions): ShownChat {
  return companions.chat(new Api.PeerChannel({ channelId }));
}

function shownReactions({ results }: Api.TypeMessageReactions): ShownReaction[] {
  return results.map(({ reaction, count, chosenOrder }) => {
    const shown = { emoji: null, custom_emoji_id: null, count, mine: typeof chosenOrder === 'number' };
    if (reaction instanceof Api.ReactionEmoji) return { ...shown, type: 'emoji', emoji: reaction.emoticon };
    if (reaction instanceof Api.ReactionCustomEmoji)
      return { ...shown, type: 'custom_emoji', custom_emoji_id: reaction.documentId.toString() };
    return { ...shown, type: 'paid' };
  });
}
