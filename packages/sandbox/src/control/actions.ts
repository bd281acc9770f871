import { randomBytes } from 'node:crypto';
import { inputMediaOf } from '../rpc/media/file-references.ts';
import { buttonsObject } from '../rpc/messages/message-parts.ts';
import { boxOf, inputPeerOf, isChannel, SERVICE_ACCOUNT_ID } from '../rpc/peers.ts';
import { unixSeconds, type Telegram } from '../rpc/telegram.ts';
import { postMessage } from '../rpc/updates/post-message.ts';
import type { FileMedia } from '../state/media.ts';
import type { Account, Message, PeerId } from '../state/model.ts';
import { chatOf, idIn, messageIn } from '../state/state.ts';
import type { TlObject } from '../types.ts';
import { actAs } from './act-as.ts';
import { buttonRows } from './bots.ts';
import { ControlError } from './control-error.ts';
import type {
  DeleteRequest,
  EditRequest,
  ReactionRequest,
  ReadRequest,
  SendRequest,
} from './http/action-requests.ts';
import { makeFile } from './made-files.ts';
import { messageView, type MessageView } from './message-view.ts';
import { accountBy, knownPeer } from './peers.ts';

/** What an account does at "Telegram" with another client than the one under test. */
export class AccountActions {
  readonly #telegram: Telegram;

  constructor(telegram: Telegram) {
    this.#telegram = telegram;
  }

  /** Like {@link send}, also with media. */
  async sendMade(request: SendRequest): Promise<Pick<MessageView, 'id' | 'date'>> {
    const { from, media, ...rest } = request;
    if (media === undefined) return this.send(request);
    if (isServiceAccount(from)) {
      const reader = accountBy(this.#telegram, rest.to, 'to');
      const { id: fileId } = await makeFile(this.#telegram, reader, media);
      return this.#sendServiceMessage(rest.to, rest.text ?? '', { kind: 'file', fileId });
    }
    const account = accountBy(this.#telegram, from, 'from');
    const file = await makeFile(this.#telegram, account, media);
    return this.send({ from, ...rest }, inputMediaOf(this.#telegram.store, account.id, file));
  }

  /** @returns the message, with its id in the numbering of `from`. */
  send(
    { from, to, text = '', reply_to, topic_id, buttons }: SendRequest,
    media?: TlObject,
  ): Pick<MessageView, 'id' | 'date'> {
    const { store } = this.#telegram;
    if (isServiceAccount(from)) return this.#sendServiceMessage(to, text);
    const [account, peer] = this.#accountAndPeer(from, to);
    const randomId = randomBytes(8).readBigInt64LE() | 1n;
    const reply = { _: 'inputReplyToMessage', reply_to_msg_id: reply_to ?? topic_id, top_msg_id: topic_id };
    if (buttons !== undefined && account.botToken === undefined)
      throw new ControlError(400, 'buttons: only a bot has them');
    actAs(this.#telegram, account, media === undefined ? 'messages.sendMessage' : 'messages.sendMedia', {
      peer: inputPeerOf(store, account, peer),
      message: text,
      random_id: randomId,
      ...(media !== undefined && { media }),
      ...(reply.reply_to_msg_id !== undefined && { reply_to: reply }),
      ...(buttons !== undefined && { reply_markup: buttonsObject(buttonRows(buttons)) }),
    });
    const message = store.state.messages.findLast((each) => each.randomId === String(randomId));
    if (message === undefined) throw new Error('the message was not stored');
    return idAndDate(this.#telegram, message);
  }

  edit({ from, to, message_id: id, text: message }: EditRequest): void {
    const [account, to_] = this.#accountAndPeer(from, to);
    const peer = inputPeerOf(this.#telegram.store, account, to_);
    actAs(this.#telegram, account, 'messages.editMessage', { peer, id, message });
  }

  /** @throws {ControlError} 404 if the chat has none of the messages. */
  delete({ from, to, message_ids: ids, for_everyone: revoke = true }: DeleteRequest): void {
    const { store } = this.#telegram;
    const [account, peer] = this.#accountAndPeer(from, to);
    for (const id of ids) messageOrNotFound(this.#telegram, boxOf(peer, account.id), peer, id);
    if (isChannel(peer)) {
      const channel = inputPeerOf(store, account, peer);
      actAs(this.#telegram, account, 'channels.deleteMessages', { channel, id: ids });
    } else actAs(this.#telegram, account, 'messages.deleteMessages', { id: ids, revoke });
  }

  read({ by, of, up_to }: ReadRequest): void {
    const [account, peer] = this.#accountAndPeer(by, of);
    const max_id = up_to === undefined ? 0 : this.#ownId(account, peer, up_to);
    const input = inputPeerOf(this.#telegram.store, account, peer);
    if (isChannel(peer)) actAs(this.#telegram, account, 'channels.readHistory', { channel: input, max_id });
    else actAs(this.#telegram, account, 'messages.readHistory', { peer: input, max_id });
  }

  react({ by, of, message_id, emoji }: ReactionRequest): void {
    const [account, peer] = this.#accountAndPeer(by, of);
    const reaction = [emoji ?? []].flat().map((emoticon) => ({ _: 'reactionEmoji', emoticon }));
    actAs(this.#telegram, account, 'messages.sendReaction', {
      peer: inputPeerOf(this.#telegram.store, account, peer),
      msg_id: this.#ownId(account, peer, message_id),
      reaction,
    });
  }

  #accountAndPeer(account: number | string, peer: number | string): [Account, PeerId] {
    return [accountBy(this.#telegram, account, 'from'), knownPeer(this.#telegram, peer, 'to')];
  }

  /** The account's id of a message, by the other account's id of it. In a group or channel the ids are the same. */
  #ownId(account: Account, peer: PeerId, id: number): number {
    if (peer < 0 || peer === account.id) return id;
    const message = messageOrNotFound(this.#telegram, peer, account.id, id);
    return idIn(message, account.id) ?? 0;
  }

  /** A message of Telegram's own account, such as those with login codes. */
  #sendServiceMessage(
    to: number | string,
    text: string,
    media?: FileMedia,
  ): Pick<MessageView, 'id' | 'date'> {
    const account = accountBy(this.#telegram, to, 'to');
    const date = unixSeconds(this.#telegram);
    const message = { from: SERVICE_ACCOUNT_ID, to: account.id, text, date, randomId: '0' };
    const draft = { ...message, ...(media !== undefined && { media }) };
    return idAndDate(this.#telegram, postMessage(this.#telegram, draft));
  }
}

function isServiceAccount(from: number | string): boolean {
  return String(from) === String(SERVICE_ACCOUNT_ID);
}

function idAndDate({ store }: Telegram, message: Message): Pick<MessageView, 'id' | 'date'> {
  const { id, date } = messageView(store, message);
  return { id, date };
}

/** @throws {ControlError} 404 if the chat has no such message. */
function messageOrNotFound({ store }: Telegram, box: PeerId, peer: PeerId, id: number): Message {
  const message = messageIn(store.state, box, id);
  if (message === undefined || chatOf(message, box) !== peer)
    throw new ControlError(404, `there is no message ${id} in this chat`);
  return message;
}
