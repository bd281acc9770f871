import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { vi } from 'vitest';
import { freePort } from '../../../../scripts/lib/ports.mjs';

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

export const HAS_S3_SERVER = VERSITYGW !== undefined;

const BUCKET = 'files';
const KEYS = { S3_ACCESS_KEY_ID: 'an-access-key', S3_SECRET_ACCESS_KEY: 'a-secret-access-key' };

/** An S3 server with one bucket, which is a directory. */
export class S3Server implements AsyncDisposable {
  readonly #directory: string;
  readonly #port: number;
  #process: ChildProcess | undefined;

  private constructor(directory: string, port: number) {
    this.#directory = directory;
    this.#port = port;
  }

  static async start(): Promise<S3Server> {
    const directory = await mkdtemp(join(tmpdir(), 'gateway-s3-'));
    await mkdir(join(directory, 'buckets', BUCKET), { recursive: true });
    await mkdir(join(directory, 'metadata'));
    const server = new S3Server(directory, await freePort());
    await server.resume();
    return server;
  }

  get #endpoint(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** The settings of a product that stores its files here. */
  get settings(): Record<string, string> {
    return { MEDIA_STORE: 's3', S3_ENDPOINT: this.#endpoint, S3_BUCKET: BUCKET, ...KEYS };
  }

  /** The names of all stored files. */
  async files(): Promise<string[]> {
    const bucket = join(this.#directory, 'buckets', BUCKET);
    const entries = await readdir(bucket, { recursive: true, withFileTypes: true });
    return entries
      .filter((entry) => entry.isFile())
      .map(({ name }) => name)
      .sort();
  }

  async stop(): Promise<void> {
    if (this.#process === undefined) return;
    const ended = once(this.#process, 'exit');
    this.#process.kill();
    await ended;
    this.#process = undefined;
  }

  /** Starts the server again, with all its files. */
  async resume(): Promise<void> {
    const keys = ['--access', KEYS.S3_ACCESS_KEY_ID, '--secret', KEYS.S3_SECRET_ACCESS_KEY];
    const [buckets, metadata] = [join(this.#directory, 'buckets'), join(this.#directory, 'metadata')];
    const address = `127.0.0.1:${this.#port}`;
    this.#process = spawn(
      VERSITYGW ?? '',
      [...keys, '--port', address, '--quiet', 'posix', '--sidecar', metadata, buckets],
      { stdio: 'ignore' },
    );
    await vi.waitFor(() => fetch(this.#endpoint), { timeout: 20_000 });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
    await rm(this.#directory, { recursive: true });
  }
}

function isExecutable(path: string | undefined): boolean {
  try {
    accessSync(path ?? '', constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
