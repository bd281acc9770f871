import type { Recipient, ShownChat } from '@gateway/contracts';
import bigInt from 'big-integer';
import { Api } from 'telegram/tl/index.js';
import type { Asker } from '../caller.ts';
import { rpcNameOf } from '../errors/errors.ts';
import { isUnreachable, recipientNotFound, recipientUnreachable } from '../peers/recipient-not-found.ts';
import type { Recipients, ResolvedRecipient } from '../peers/recipients.ts';
import { Companions, peerOf } from '../shown/shown-chat.ts';

export interface ResolveQuery {
  recipient: Recipient;
  /** Called before each look-up. Throws if the account may make no more. */
  countLookUp: () => Promise<void>;
}

type Resolved = Pick<ShownChat, 'id' | 'type' | 'username'> & { name: string };

/**
 * Tells who a recipient is. Asks Telegram again where an earlier look-up found nobody, and where the book's peer has
 * another name by now.
 * @throws {TelegramFailure} RECIPIENT_NOT_FOUND, or the failure of a call.
 */
export async function resolveRecipient(
  asker: Asker,
  recipients: Recipients,
  { recipient, countLookUp }: ResolveQuery,
): Promise<Resolved> {
  try {
    const known =
      recipient.kind === 'self' ? await recipients.resolve(recipient) : recipients.known(recipient);
    const shown = known && (await describe(asker, recipients, known));
    if (shown !== undefined && hasName(shown, recipient)) return shown;
    if (recipient.kind === 'self') throw recipientNotFound(recipient, recipients.isBot);
    await countLookUp();
    const found = await describe(asker, recipients, await recipients.lookUpAgain(recipient));
    if (found === undefined) throw recipientNotFound(recipient, recipients.isBot);
    return found;
  } catch (error) {
    const name = rpcNameOf(error);
    throw isUnreachable(name) ? recipientUnreachable(recipient, recipients.isBot, name) : error;
  }
}

/** A username may belong to somebody else by now. */
function hasName({ username }: Resolved, recipient: Recipient): boolean {
  return recipient.kind !== 'username' || username?.toLowerCase() === recipient.username;
}

/** Asks for the peer itself, which is no look-up. `undefined`: Telegram does not know it by this access hash. */
async function describe(
  asker: Asker,
  recipients: Recipients,
  { input, peer }: ResolvedRecipient,
): Promise<Resolved | undefined> {
  const users = await usersOf(asker, input);
  const chats = users.length > 0 ? [] : await chatsOf(asker, input);
  recipients.remember({ users, chats });
  const companions = new Companions({ users, chats });
  const own = users.find((user) => user instanceof Api.User);
  const place = peer === undefined ? own && new Api.PeerUser({ userId: own.id }) : peerOf(peer);
  if (place === undefined || !companions.has(place)) return undefined;
  const { id, type, title: name, username } = companions.chat(place);
  return { id, type, name, username };
}

async function usersOf(asker: Asker, input: Api.TypeInputPeer): Promise<Api.TypeUser[]> {
  if (input instanceof Api.InputPeerSelf)
    return asker.ask(new Api.users.GetUsers({ id: [new Api.InputUserSelf()] }));
  if (!(input instanceof Api.InputPeerUser)) return [];
  const { userId, accessHash } = input;
  return asker.ask(new Api.users.GetUsers({ id: [new Api.InputUser({ userId, accessHash })] }));
}

async function chatsOf(asker: Asker, input: Api.TypeInputPeer): Promise<Api.TypeChat[]> {
  if (input instanceof Api.InputPeerChannel)
    return (await asker.ask(new Api.channels.GetChannels({ id: [new Api.InputChannel(input)] }))).chats;
  if (input instanceof Api.InputPeerChat)
    return (await asker.ask(new Api.messages.GetChats({ id: [bigInt(input.chatId)] }))).chats;
  return [];
}
