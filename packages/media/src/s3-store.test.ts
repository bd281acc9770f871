import { parseSettings } from '@gateway/runtime';
import { afterAll, beforeAll, describe } from 'vitest';
import { openMediaStore } from './open-media-store.ts';
import { mediaStoreTests } from './testing/compliance.ts';
import { HAS_S3_SERVER, S3Server } from './testing/s3-server.ts';

describe.skipIf(!HAS_S3_SERVER)('MEDIA_STORE=s3 (skipped: no versitygw)', () => {
  let server: S3Server;

  beforeAll(async () => {
    server = await S3Server.start();
  });
  afterAll(() => server[Symbol.asyncDispose]());

  mediaStoreTests(() => openMediaStore(parseSettings(server.settings)));
});
