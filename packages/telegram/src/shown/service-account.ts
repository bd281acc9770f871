import { Api } from 'telegram/tl/index.js';

/** Telegram's own account, whose messages carry login codes. */
const SERVICE_ACCOUNT = '777000';

/** Whether the message is from Telegram's own account or in its chat, was forwarded from there, or quotes it. */
export function isOfServiceAccount(message: Api.Message | Api.MessageService): boolean {
  const { peerId, fromId, replyTo } = message;
  const origin = message instanceof Api.Message ? message.fwdFrom : undefined;
  const original = replyTo instanceof Api.MessageReplyHeader ? replyTo : undefined;
  return [
    peerId,
    fromId,
    origin?.fromId,
    origin?.savedFromPeer,
    original?.replyToPeerId,
    original?.replyFrom?.fromId,
  ].some((peer) => peer instanceof Api.PeerUser && peer.userId.toString() === SERVICE_ACCOUNT);
}

/** Whether the peer is Telegram's own account. */
export function isServiceAccount(peer: Api.TypeInputPeer): boolean {
  return peer instanceof Api.InputPeerUser && peer.userId.toString() === SERVICE_ACCOUNT;
}
