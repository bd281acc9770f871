import type { Media, StoredFile } from '../../state/media.ts';
import type { PeerId } from '../../state/model.ts';
import type { TlObject } from '../../types.ts';
import { rpcError } from '../errors.ts';
import { flagField, objectField } from '../fields.ts';
import { unixSeconds, type UserRequest } from '../telegram.ts';
import { acceptContact } from './accept-contact.ts';
import { acceptDocument } from './accept-document.ts';
import { acceptLiveLocation, acceptLocation } from './accept-location.ts';
import { acceptPhoto } from './accept-photo.ts';
import { acceptPoll, checkTakesPolls } from './accept-poll.ts';
import { fileOfInput } from './file-references.ts';
import type { NewFile } from './new-file.ts';

/**
 * What an `InputMedia` adds to a message in the chat `to`. Stores uploaded files.
 *
 * @throws {RpcError} MEDIA_INVALID for kinds that the sandbox does not know.
 */
export function acceptMedia(request: UserRequest, to: PeerId, input: TlObject): Media {
  const { account, telegram } = request;
  switch (input._) {
    case 'inputMediaUploadedPhoto':
      return fileMedia(input, storeFile(request, acceptPhoto(telegram, account, input)));
    case 'inputMediaUploadedDocument':
      return fileMedia(input, storeFile(request, acceptDocument(telegram, account, input)));
    case 'inputMediaPhoto':
    case 'inputMediaDocument':
      return fileMedia(input, knownFile(request, input));
    case 'inputMediaPhotoExternal':
    case 'inputMediaDocumentExternal':
      // The sandbox fetches nothing from the network.
      throw rpcError('WEBPAGE_CURL_FAILED');
    case 'inputMediaGeoPoint':
      return acceptLocation(input);
    case 'inputMediaGeoLive':
      return acceptLiveLocation(input);
    case 'inputMediaContact':
      return acceptContact(input);
    case 'inputMediaPoll':
      checkTakesPolls(telegram.store, account, to);
      return acceptPoll(input);
    case 'inputMediaEmpty':
      throw rpcError('MEDIA_EMPTY');
    default:
      throw rpcError('MEDIA_INVALID');
  }
}

function storeFile({ account, telegram }: UserRequest, file: NewFile): StoredFile {
  const stored = { ...file, date: unixSeconds(telegram), dcId: account.homeDc };
  telegram.store.commit({ type: 'file_stored', file: stored });
  return stored;
}

/** A file that "Telegram" has already. @throws {RpcError} MEDIA_EMPTY, and as {@link fileOfInput}. */
function knownFile({ account, telegram }: UserRequest, input: TlObject): StoredFile {
  const id = objectField(input, 'id');
  if (id._ !== 'inputPhoto' && id._ !== 'inputDocument') throw rpcError('MEDIA_EMPTY');
  const file = fileOfInput(telegram, account, id, 'MEDIA_EMPTY');
  if ((file.type === 'photo') !== (id._ === 'inputPhoto')) throw rpcError('MEDIA_EMPTY');
  return file;
}

function fileMedia(input: TlObject, { id: fileId }: StoredFile): Media {
  const { ttl_seconds: ttl } = input;
  return {
    kind: 'file',
    fileId,
    ...(flagField(input, 'spoiler') && { spoiler: true }),
    ...(typeof ttl === 'number' && { ttl }),
  };
}
