import { createHash } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { GatewayClient } from '@gateway/client';
import { afterAll, beforeAll } from 'vitest';
import type { ApiAnswer } from '../../env/api-client.ts';
import { expectDocumented, type Document } from '../../env/documented.ts';
import { FileServer } from '../../env/file-server.ts';
import { otherClient } from '../../env/other-client.ts';
import { BOB, useStack, type AliceAndBob } from '../../env/use-stack.ts';

export const MIB = 1024 * 1024;
export const CAROL = '+9996627003';
export const NO_PICTURE = Buffer.from('not a picture');
/** The id of an upload that nobody made. */
export const UNKNOWN = `up_${'x'.repeat(22)}.${'x'.repeat(43)}.1`;
export const LATER = { Prefer: 'respond-async' };

export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** A product with alice, bob and carol, and a server of files to fetch. */
export interface MediaStage extends AliceAndBob {
  carol: number;
  files: FileServer;
  client: GatewayClient;
  document: Document;
}

export function useMediaStage(): () => MediaStage {
  const product = useStack({ MEDIA_ALLOW_PRIVATE: 'true', MEDIA_MAX_BYTES: '24MiB' });
  let stage: MediaStage | undefined;
  beforeAll(async () => {
    const { stack } = product();
    stage = {
      ...product(),
      carol: await stack.signIn('carol', CAROL),
      files: await FileServer.start(),
      client: new GatewayClient({ baseUrl: stack.api.url }),
      document: (await stack.api.get('/openapi.json')).body,
    };
  });
  afterAll(() => stage?.files[Symbol.dispose]());
  return () => {
    if (stage === undefined) throw new Error('the stage stands only while the tests run');
    return stage;
  };
}

/** What the tests of files do over and over, as alice. */
export function mediaTools(stage: () => MediaStage) {
  async function upload(bytes: Uint8Array, fileName = 'a.bin', userId = 'alice'): Promise<string> {
    return (await stage().client.upload(userId, new Uint8Array(bytes), { fileName })).upload_id;
  }

  /** Sends to bob, unless the fields say otherwise, and checks the answer against the OpenAPI document. */
  async function send(
    fields: object,
    headers: Record<string, string> = { Prefer: 'wait=30' },
  ): Promise<ApiAnswer> {
    const { stack, document } = stage();
    const request = { user_id: 'alice', recipient_id: BOB, ...fields };
    const answer = await stack.api.post('/telegram/user/send', request, headers);
    expectDocumented(document, 'post /telegram/user/send', answer.status, answer);
    return answer;
  }

  const media = (upload_id: string, type = 'document', others = {}) => ({
    media: [{ type, upload_id, ...others }],
  });
  const inChat = async (to: number) => stage().stack.control.messages({ from: stage().alice, to });
  const last = async (to = stage().bob) => (await inChat(to)).at(-1);
  const stored = async () =>
    readdir(join(stage().stack.dataDir, 'media', Buffer.from('alice').toString('base64url')));
  /** What is stored besides `kept`, of which files of earlier tests may still disappear. */
  const storedBeside = async (kept: readonly string[]) =>
    (await stored()).filter((file) => !kept.includes(file));
  const ended = async (jobId: string) => (await stage().stack.api.get(`/jobs/${jobId}?wait=60`)).body;
  const readerAs = (phone: string) => otherClient(stage().stack, phone);
  return { upload, send, media, inChat, last, stored, storedBeside, ended, readerAs };
}
