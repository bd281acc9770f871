import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseSettings } from '@gateway/runtime';
import { afterAll, beforeAll, describe, vi } from 'vitest';
import { freePort } from '../../../scripts/lib/ports.mjs';
import { openMediaStore } from './open-media-store.ts';
import { mediaStoreTests } from './testing/compliance.ts';

/**
 * A real S3 server. `go install github.com/versity/versitygw/cmd/versitygw@latest` builds it; VERSITYGW_PATH names
 * another place.
 */
const VERSITYGW = [
  process.env['VERSITYGW_PATH'],
  join(homedir(), 'go/bin/versitygw'),
  '/usr/local/bin/versitygw',
  '/usr/bin/versitygw',
].find(isExecutable);

function isExecutable(path: string | undefined): boolean {
  try {
    accessSync(path ?? '', constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

const BUCKET = 'files';
const KEYS = { S3_ACCESS_KEY_ID: 'an-access-key', S3_SECRET_ACCESS_KEY: 'a-secret-access-key' };

describe.skipIf(VERSITYGW === undefined)('MEDIA_STORE=s3 (skipped: no versitygw)', () => {
  let directory: string;
  let endpoint: string;
  let server: ChildProcess;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'gateway-s3-'));
    const [buckets, metadata] = [join(directory, 'buckets'), join(directory, 'metadata')];
    await mkdir(join(buckets, BUCKET), { recursive: true });
    await mkdir(metadata);
    const address = `127.0.0.1:${await freePort()}`;
    endpoint = `http://${address}`;
    const keys = ['--access', KEYS.S3_ACCESS_KEY_ID, '--secret', KEYS.S3_SECRET_ACCESS_KEY];
    server = spawn(
      VERSITYGW ?? '',
      [...keys, '--port', address, '--quiet', 'posix', '--sidecar', metadata, buckets],
      { stdio: 'ignore' },
    );
    await vi.waitFor(() => fetch(endpoint), { timeout: 20_000 });
  });
  afterAll(async () => {
    server.kill();
    await once(server, 'exit');
    await rm(directory, { recursive: true });
  });

  mediaStoreTests(() =>
    openMediaStore(parseSettings({ MEDIA_STORE: 's3', S3_ENDPOINT: endpoint, S3_BUCKET: BUCKET, ...KEYS })),
  );
});
