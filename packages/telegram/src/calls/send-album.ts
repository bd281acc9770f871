import type { Entity, Recipient, SentMessage as SentPart } from '@gateway/contracts';
import bigInt from 'big-integer';
import { Api } from 'telegram/tl/index.js';
import type { Caller } from '../caller.ts';
import { rpcNameOf } from '../errors/errors.ts';
import type { Recipients } from '../peers/recipients.ts';
import { toTelegramEntities } from './entities.ts';
import { findAlbum } from './history/find-album.ts';
import type { Floor } from './history/history.ts';
import { sentBefore, sentJustNow } from './history/sent-before.ts';
import { inputMedia, type StoredMedia } from './media/outgoing-media.ts';
import { inputReplyTo, type Place } from './reply-to.ts';
import { sentMessageIn, toSendResult, type SentMessage } from './sent-message.ts';
import { withRecipient } from './with-recipient.ts';

export interface OutgoingAlbum extends Place {
  recipient: Recipient;
  /** 2 to 10. */
  items: readonly AlbumItem[];
  ownId?: string | undefined;
  silent?: boolean | undefined;
  /** These three are as for a single message. */
  askedAt?: number | undefined;
  after?: number | undefined;
  searchSince?: number | undefined;
}

interface AlbumItem {
  media: StoredMedia;
  /** The caption. */
  text: string;
  entities: readonly Entity[];
  /** As for a single message. */
  randomId: bigint;
}

/**
 * Sends an album under the random ids of its items. Repeated calls make it only once: as for a single message, the chat
 * is searched if Telegram knows the random ids (RANDOM_ID_DUPLICATE), or may have forgotten them (`searchSince`).
 * @returns the messages, in the order of the items.
 */
export async function sendAlbum(
  caller: Caller,
  recipients: Recipients,
  album: OutgoingAlbum,
): Promise<SentPart[]> {
  return withRecipient(recipients, album, async ({ input, peer }) => {
    const sent = await deliverTo(caller, recipients, input, album);
    if (peer !== undefined) recipients.noteWrittenTo(peer);
    return sent.map((each) => toSendResult(each, album.ownId));
  });
}

async function deliverTo(
  caller: Caller,
  recipients: Recipients,
  peer: Api.TypeInputPeer,
  album: OutgoingAlbum,
): Promise<SentMessage[]> {
  const { after = 0, searchSince: since } = album;
  const { isBot } = recipients;
  const find = (floor: Floor) => findAlbum(caller, peer, album, floor, isBot);
  const earlier = since === undefined ? undefined : await find({ after, since });
  if (earlier !== undefined) return earlier;
  const search = { after, isBot, find };
  let answer: Api.TypeUpdates;
  try {
    answer = await caller.act(requestOf(recipients, peer, album));
  } catch (error) {
    if (rpcNameOf(error) !== 'RANDOM_ID_DUPLICATE') throw error;
    return sentBefore(search);
  }
  if ('users' in answer) recipients.remember(answer);
  const sent = album.items.map(({ randomId }) => sentMessageIn(answer, randomId.toString()));
  return sent.every((each) => each !== undefined) ? sent : sentJustNow(search);
}

function requestOf(
  recipients: Recipients,
  peer: Api.TypeInputPeer,
  { items, silent = false, ...place }: OutgoingAlbum,
): Api.messages.SendMultiMedia {
  const replyTo = inputReplyTo(place);
  return new Api.messages.SendMultiMedia({
    peer,
    silent,
    ...(replyTo !== undefined && { replyTo }),
    multiMedia: items.map(
      ({ media, text, entities, randomId }) =>
        new Api.InputSingleMedia({
          media: inputMedia(media),
          randomId: bigInt(randomId.toString()),
          message: text,
          ...(entities.length > 0 && {
            entities: toTelegramEntities(entities, (id) => recipients.inputUser(id)),
          }),
        }),
    ),
  });
}
