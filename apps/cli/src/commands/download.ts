import { createWriteStream } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Download } from '@gateway/client';
import type { CommandContext } from '../command-context.ts';
import { EXIT, UsageError, type ExitCode } from '../failure.ts';

/** The options as commander parses them. */
export interface DownloadOptions {
  output?: string;
  size?: string;
}

const SIZES = ['s', 'm', 'x'] as const;

/** Downloads a file of a message. It never overwrites a file. */
export async function downloadFile(
  { patientClient, io, out, say }: CommandContext,
  { userId, fileId }: { userId: string; fileId: string },
  { output, size: wanted }: DownloadOptions,
): Promise<ExitCode> {
  const size = SIZES.find((each) => each === wanted);
  if (wanted !== undefined && size === undefined) throw new UsageError('--size must be s, m or x');
  const download = await patientClient.accounts.download(userId, fileId, { size, signal: io.signal });
  if (output === '-') {
    await pipeline(Readable.from(download.bytes), io.stdout, { end: false });
    return EXIT.ok;
  }
  const path = resolve(output ?? nameOf(download));
  await store(download, path, (done) => out.progress(`${Math.floor((done / download.size) * 100)} %`));
  out.result(
    { file: path, size: download.size, mime_type: download.mimeType },
    `${out.good('✓')} ${say('{path} ({size} bytes)', { path, size: download.size })}`,
  );
  return EXIT.ok;
}

/** Others gave the file its name: it must not lead out of this folder, nor control the terminal. */
function nameOf({ fileName }: Download): string {
  const name = basename((fileName ?? '').replaceAll('\\', '/')).replaceAll(/\p{Cc}/gu, '');
  return name === '' || name === '.' || name === '..' ? 'download' : name;
}

async function store(download: Download, path: string, onProgress: (done: number) => void): Promise<void> {
  const unfinished = `${path}.part`;
  // Holds the name, and tells before the download if it is taken.
  await reserve(path);
  let done = 0;
  async function* counted() {
    for await (const piece of download.bytes) {
      done += piece.byteLength;
      onProgress(done);
      yield piece;
    }
  }
  try {
    await pipeline(counted(), createWriteStream(unfinished, { mode: 0o600 }));
    await rename(unfinished, path);
  } catch (error) {
    await Promise.all([rm(unfinished, { force: true }), rm(path, { force: true })]);
    throw error;
  }
}

async function reserve(path: string): Promise<void> {
  try {
    await (await open(path, 'wx', 0o600)).close();
  } catch (error) {
    throw new UsageError(
      `${path} cannot be written: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}
