import { randomBytes } from 'node:crypto';
import { GatewayError, uploadIdOf, uploadRequestSchema } from '@gateway/contracts';
import { receiveMedia } from '@gateway/media';
import { Hono } from 'hono';
import { requireSignedIn } from '../accounts/signed-in.ts';
import type { ApiContext, ApiEnv } from '../context.ts';
import { answerHeader, requestHeader } from '../http/headers.ts';
import { validate, validationError } from '../http/validation.ts';
import { requireAccount } from '../middleware/api-key.ts';
import { incomingFile } from '../uploads/incoming-file.ts';

export const UPLOADS_PATH = '/telegram/user/uploads';

/** Uploads of files, for sends. They are streamed to the media store, at any size in little memory. */
export function uploadRoutes({ producer, settings, media }: ApiContext): Hono<ApiEnv> {
  const { MEDIA_MAX_BYTES: maxBytes, MEDIA_QUOTA: quota, MEDIA_RETENTION: retentionMs } = settings;
  const routes = new Hono<ApiEnv>();

  routes.post(UPLOADS_PATH, async (c) => {
    const { user_id: userId, file_name } = validate(uploadRequestSchema, c.req.query(), 'query');
    requireAccount(c.get('caller'), userId);
    c.get('facts').userId = userId;
    await requireSignedIn(producer, userId);
    refuseCompressed(requestHeader(c, 'content-encoding'));
    if (Number(requestHeader(c, 'content-length') ?? 0) > maxBytes + MULTIPART_BYTES)
      throw tooLarge(maxBytes);
    const free = quota - (await producer.uploads.unusedBytes(userId));
    const name = { userId, id: `up_${randomBytes(16).toString('base64url')}` };
    // If the file is refused, the rest of the body is never read, so the connection cannot be used again.
    answerHeader(c, 'Connection', 'close');
    const file = await incomingFile(c.env.incoming);
    const received = await receiveMedia(media, name, file.bytes, {
      declaredType: file.contentType,
      limits: [
        { bytes: maxBytes, error: () => tooLarge(maxBytes) },
        { bytes: free, error: () => overQuota(quota) },
      ],
    });
    c.env.outgoing.removeHeader('Connection');
    const { size, sha256, mimeType } = received;
    const uploadId = uploadIdOf(name.id, sha256, size);
    const createdAt = Date.now();
    try {
      if (size === 0) throw validationError([{ path: 'body', message: 'must not be empty' }]);
      const record = { size, sha256, mimeType, fileName: file_name ?? file.fileName, createdAt };
      if (!(await producer.uploads.add(userId, uploadId, record, quota))) throw overQuota(quota);
    } catch (error) {
      await media.delete(name).catch(() => {}); // The workers' sweep deletes it later.
      throw error;
    }
    return c.json(
      {
        status: 'ok',
        upload_id: uploadId,
        size,
        sha256: Buffer.from(sha256, 'base64url').toString('hex'),
        mime_type: mimeType,
        expires_at: new Date(createdAt + retentionMs).toISOString(),
      },
      201,
    );
  });

  return routes;
}

/** Most bytes of a multipart body beside its file. */
const MULTIPART_BYTES = 16 * 1024;

function refuseCompressed(encoding: string | undefined): void {
  if (encoding === undefined || encoding.toLowerCase() === 'identity') return;
  throw new GatewayError(
    'UNSUPPORTED_MEDIA_TYPE',
    'The body must not be compressed: send it without Content-Encoding.',
  );
}

function tooLarge(maxBytes: number): GatewayError {
  return new GatewayError('MEDIA_TOO_LARGE', `The file is over ${maxBytes} bytes (MEDIA_MAX_BYTES).`);
}

function overQuota(quota: number): GatewayError {
  return new GatewayError(
    'STORAGE_FULL',
    `The unused uploads of this account would be over ${quota} bytes (MEDIA_QUOTA): send or wait until they expire.`,
  );
}
