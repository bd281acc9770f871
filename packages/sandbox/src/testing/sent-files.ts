import { pngOf } from '../control/png.ts';
import { isTlObject } from '../rpc/fields.ts';
import type { TlObject, TlValue } from '../types.ts';
import type { DirectClient } from './direct-telegram.ts';
import type { TwoPeople } from './two-people.ts';

const LARGEST_PART = 512 * 1024;

/** Files that Alice uploads and sends to Bob. Each method makes the calls of a client. */
export class SentFiles {
  readonly #alice: DirectClient;
  readonly #toBob: TlObject;
  /** The id of the next file or message. */
  nextId = 1n;

  constructor({ alice, toBob }: Pick<TwoPeople, 'alice' | 'toBob'>) {
    this.#alice = alice;
    this.#toBob = toBob;
  }

  /** Uploads bytes by `upload.saveFilePart`. @returns the `inputFile`. */
  async upload(bytes: Buffer, name = '', partSize = LARGEST_PART): Promise<TlObject> {
    const file_id = this.nextId++;
    const parts = Math.ceil(bytes.length / partSize);
    for (let file_part = 0; file_part < parts; file_part += 1) {
      const part = bytes.subarray(file_part * partSize, (file_part + 1) * partSize);
      await this.#alice.value('upload.saveFilePart', { file_id, file_part, bytes: part });
    }
    return { _: 'inputFile', id: file_id, parts, name, md5_checksum: '' };
  }

  async photo(bytes = pngOf(8, 8), name = ''): Promise<TlObject> {
    return { _: 'inputMediaUploadedPhoto', file: await this.upload(bytes, name) };
  }

  async document(bytes: Buffer, ...attributes: TlObject[]): Promise<TlObject> {
    return { _: 'inputMediaUploadedDocument', file: await this.upload(bytes), mime_type: 'a/b', attributes };
  }

  send(media: TlObject, params: Record<string, TlValue> = {}, peer = this.#toBob): Promise<TlObject> {
    const message = { peer, media, message: '', random_id: this.nextId++, ...params };
    return this.#alice.call('messages.sendMedia', message);
  }

  /** Stores a file by `messages.uploadMedia`. @returns it as an `InputMedia`. */
  async stored(media: TlObject): Promise<TlObject> {
    const answer = await this.#alice.call('messages.uploadMedia', { peer: this.#toBob, media });
    const isPhoto = answer._ === 'messageMediaPhoto';
    const file = answer[isPhoto ? 'photo' : 'document'];
    if (!isTlObject(file)) throw new Error('nothing was stored');
    const { id, access_hash, file_reference } = file;
    const input = { _: isPhoto ? 'inputPhoto' : 'inputDocument', id, access_hash, file_reference };
    return { _: isPhoto ? 'inputMediaPhoto' : 'inputMediaDocument', id: input };
  }

  async sendAlbum(items: TlObject[], captions: string[] = [], peer = this.#toBob): Promise<TlObject> {
    const multi_media = items.map((media, index) => ({
      _: 'inputSingleMedia',
      media,
      random_id: this.nextId++,
      message: captions[index] ?? '',
    }));
    return this.#alice.call('messages.sendMultiMedia', { peer, multi_media });
  }
}
