import { join } from 'node:path';
import type { Settings } from '@gateway/runtime';
import { FileMediaStore } from './file-store.ts';
import type { MediaStore } from './media-store.ts';

type MediaSettings = Pick<
  Settings,
  | 'DATA_DIR'
  | 'MEDIA_STORE'
  | 'S3_ENDPOINT'
  | 'S3_REGION'
  | 'S3_BUCKET'
  | 'S3_ACCESS_KEY_ID'
  | 'S3_SECRET_ACCESS_KEY'
>;

/** Opens the store of the settings. Makes no request and creates no file. */
export async function openMediaStore(settings: MediaSettings): Promise<MediaStore> {
  const { DATA_DIR, MEDIA_STORE, S3_REGION: region } = settings;
  const { S3_ENDPOINT: endpoint, S3_BUCKET: bucket } = settings;
  const { S3_ACCESS_KEY_ID: accessKeyId, S3_SECRET_ACCESS_KEY: secretAccessKey } = settings;
  if (MEDIA_STORE === 'file') return new FileMediaStore(join(DATA_DIR, 'media'));
  if (!endpoint || !bucket || !accessKeyId || !secretAccessKey)
    throw new TypeError('the settings were not checked');
  // The client library costs memory and start-up time, which only this store needs.
  const { S3MediaStore } = await import('./s3-store.ts');
  return new S3MediaStore({ endpoint, region, bucket, accessKeyId, secretAccessKey });
}
