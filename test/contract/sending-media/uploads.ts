import { randomBytes } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import type { FileServer } from '../../env/file-server.ts';
import { PNG } from '../../env/png.ts';
import type { Stack } from '../../env/stack.ts';
import { LATER, type MediaStage, mediaTools, NO_PICTURE, sha256 } from './media-stage.ts';

/** How long an upload is kept, and retries. */
export const uploads = (stage: () => MediaStage) => {
  let stack: Stack;
  let files: FileServer;
  let bob: number;
  beforeAll(() => {
    ({ stack, files, bob } = stage());
  });
  const { upload, send, media, inChat, stored, storedBeside, ended } = mediaTools(stage);

  test('a repeat under a key is the same job, also after the upload is gone, and with other uploads of the same bytes', async () => {
    const key = { Prefer: 'wait=30', 'Idempotency-Key': 'the photo' };
    const kept = await stored();
    const uploadId = await upload(PNG, 'a.png');
    const { body } = await send(media(uploadId, 'photo'), key);
    await expect.poll(() => storedBeside(kept)).toEqual([]);
    expect((await send(media(uploadId, 'photo'), key)).body).toEqual(body);
    expect((await send(media(await upload(PNG, 'b.png'), 'photo'), key)).body).toEqual(body);
    const other = await send(media(await upload(NO_PICTURE), 'photo'), key);
    expect([other.status, other.body.code]).toEqual([422, 'IDEMPOTENCY_MISMATCH']);
    expect((await inChat(bob)).filter(({ id }) => id === body.message_id)).toHaveLength(1);
  });

  test('an upload may be used by several jobs, and goes with the end of the last', async () => {
    const bytes = randomBytes(1_000);
    const uploadId = await upload(bytes);
    const soon = new Date(Date.now() + 3_600_000).toISOString();
    const later = (await send({ ...media(uploadId), send_at: soon }, LATER)).body.job_id;
    expect((await send(media(uploadId))).status).toBe(200);
    const file = uploadId.split('.')[0];
    expect(await stored()).toContain(file);
    expect((await send(media(uploadId))).status).toBe(200);
    await stack.api.request('DELETE', `/jobs/${later}`, undefined, {});
    expect((await send(media(uploadId))).status).toBe(200);
  });

  describe('A send of a file that has failed', () => {
    const retry = async (jobId: string) => stack.api.post(`/jobs/${jobId}/retry`, {});
    const fail = async (fields: object) => {
      await stack.control.fault({ method: 'messages.sendMedia', error: 'MEDIA_EMPTY' });
      const { body } = await send(fields);
      expect(body.code).toBe('MEDIA_REFUSED');
      return body.job_id;
    };

    test('can be retried with the same upload, or with the file that was fetched', async () => {
      const bytes = randomBytes(1_000);
      const url = files.add('/once', (response) => response.end(bytes));
      const kept = await stored();
      const failed = [
        await fail(media(await upload(bytes))),
        await fail({ media: [{ type: 'document', url }] }),
      ];
      for (const jobId of failed) {
        const before = (await inChat(bob)).length;
        expect((await retry(jobId)).status).toBe(202);
        expect((await ended(jobId)).state).toBe('completed');
        expect((await inChat(bob)).slice(before).map((each) => each.media?.sha256)).toEqual([sha256(bytes)]);
      }
      expect(files.requests.filter((path) => path === '/once')).toHaveLength(1);
      await expect.poll(() => storedBeside(kept)).toEqual([]);
    });

    test('leaves its upload to other sends; once that is gone, the retry is UPLOAD_NOT_FOUND', async () => {
      const kept = await stored();
      const uploadId = await upload(randomBytes(1_000));
      const jobId = await fail(media(uploadId));
      expect((await send(media(uploadId))).status).toBe(200);
      await expect.poll(() => storedBeside(kept)).toEqual([]);
      const { status, body } = await retry(jobId);
      expect([status, body.code, body.job_id]).toEqual([404, 'UPLOAD_NOT_FOUND', jobId]);
      expect((await ended(jobId)).state).toBe('failed');
    });
  });
};
