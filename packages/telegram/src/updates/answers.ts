import { Api } from 'telegram/tl/index.js';
import { peerOfInput, sentMessage } from './arrivals.ts';

/**
 * What Telegram's answer to a call of the account says about its updates: the account gets no push for it. `undefined`:
 * nothing.
 */
export function updatesInAnswer(
  request: Api.AnyRequest,
  answer: unknown,
  ownId: string,
): Api.TypeUpdates | undefined {
  if (answer instanceof Api.UpdateShortSentMessage)
    return isSend(request) ? sentMessage(request, answer, ownId) : undefined;
  if (isUpdates(answer)) return answer;
  // `true`: the account had not read so far.
  if (answer === true && request instanceof Api.channels.ReadHistory) return asUpdates(readIn(request));
  if (answer instanceof Api.messages.AffectedMessages || answer instanceof Api.messages.AffectedHistory)
    return answer.ptsCount === 0 ? undefined : asUpdates(affectedBy(request, answer, ownId));
  return undefined;
}

function isSend(request: Api.AnyRequest): request is Api.messages.SendMessage | Api.messages.SendMedia {
  return request instanceof Api.messages.SendMessage || request instanceof Api.messages.SendMedia;
}

export function isUpdates(pushed: unknown): pushed is Api.TypeUpdates {
  return (
    pushed instanceof Api.Updates ||
    pushed instanceof Api.UpdatesCombined ||
    pushed instanceof Api.UpdateShort ||
    pushed instanceof Api.UpdateShortMessage ||
    pushed instanceof Api.UpdateShortChatMessage ||
    pushed instanceof Api.UpdatesTooLong
  );
}

/** The update that Telegram tells the account's other sessions. */
function affectedBy(
  request: Api.AnyRequest,
  { pts, ptsCount }: { pts: number; ptsCount: number },
  ownId: string,
): Api.TypeUpdate | undefined {
  if (request instanceof Api.messages.DeleteMessages)
    return new Api.UpdateDeleteMessages({ messages: request.id, pts, ptsCount });
  if (request instanceof Api.channels.DeleteMessages) {
    const { channel } = request;
    if (!(channel instanceof Api.InputChannel)) return undefined;
    const { channelId } = channel;
    return new Api.UpdateDeleteChannelMessages({ channelId, messages: request.id, pts, ptsCount });
  }
  if (request instanceof Api.messages.ReadHistory) {
    const { peer, maxId } = request;
    const read = { peer: peerOfInput(peer, ownId), maxId, stillUnreadCount: 0 };
    return new Api.UpdateReadHistoryInbox({ ...read, pts, ptsCount });
  }
  if (request instanceof Api.messages.UnpinAllMessages) {
    const peer = peerOfInput(request.peer, ownId);
    return peer instanceof Api.PeerChannel
      ? new Api.UpdatePinnedChannelMessages({ channelId: peer.channelId, messages: [], pts, ptsCount })
      : new Api.UpdatePinnedMessages({ peer, messages: [], pts, ptsCount });
  }
  return undefined;
}

/** Reads of channels have no count in the channel's sequence. */
function readIn({ channel, maxId }: Api.channels.ReadHistory): Api.TypeUpdate | undefined {
  if (!(channel instanceof Api.InputChannel)) return undefined;
  const { channelId } = channel;
  return new Api.UpdateReadChannelInbox({ channelId, maxId, stillUnreadCount: 0, pts: 0 });
}

function asUpdates(update: Api.TypeUpdate | undefined): Api.TypeUpdates | undefined {
  if (update === undefined) return undefined;
  return new Api.Updates({ updates: [update], users: [], chats: [], date: 0, seq: 0 });
}
