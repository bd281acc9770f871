import type { Media } from '../../state/media.ts';
import type { TlObject } from '../../types.ts';
import { rpcError } from '../errors.ts';
import { flagField } from '../fields.ts';
import { unixSeconds, type UserRequest } from '../telegram.ts';
import { acceptDocument } from './accept-document.ts';
import { acceptPhoto } from './accept-photo.ts';
import type { NewFile } from './new-file.ts';

/**
 * Stores the files of an `InputMedia`.
 *
 * @throws {RpcError} MEDIA_INVALID for kinds that the sandbox does not know.
 */
export function acceptMedia(request: UserRequest, input: TlObject): Media {
  const { account, telegram } = request;
  switch (input._) {
    case 'inputMediaUploadedPhoto':
      return storedMedia(request, input, acceptPhoto(telegram, account, input));
    case 'inputMediaUploadedDocument':
      return storedMedia(request, input, acceptDocument(telegram, account, input));
    case 'inputMediaEmpty':
      throw rpcError('MEDIA_EMPTY');
    default:
      throw rpcError('MEDIA_INVALID');
  }
}

function storedMedia({ account, telegram }: UserRequest, input: TlObject, file: NewFile): Media {
  const stored = { ...file, date: unixSeconds(telegram), dcId: account.homeDc };
  telegram.store.commit({ type: 'file_stored', file: stored });
  const { ttl_seconds: ttl } = input;
  return {
    kind: 'file',
    fileId: file.id,
    ...(flagField(input, 'spoiler') && { spoiler: true }),
    ...(typeof ttl === 'number' && { ttl }),
  };
}
