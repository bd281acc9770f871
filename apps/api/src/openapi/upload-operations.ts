import { uploadResponseSchema } from '@gateway/contracts';
import { ACCOUNT, GUARDED } from './error-groups.ts';
import type { Operation } from './operation.ts';

export const UPLOAD_OPERATIONS: readonly Operation[] = [
  {
    method: 'post',
    path: '/telegram/user/uploads',
    id: 'uploadFile',
    tag: 'Sending',
    summary: 'Upload a file for a send',
    description:
      'The body is the file, of any type, or a form with one file. A cut-off upload leaves nothing behind. An unused upload is deleted at `expires_at`.',
    parameters: ['UploadUserId', 'UploadFileName'],
    takesFile: true,
    answers: { 201: { description: 'Stored.', schema: uploadResponseSchema } },
    errors: [
      ...GUARDED,
      ...ACCOUNT,
      'VALIDATION',
      'UNSUPPORTED_MEDIA_TYPE',
      'REQUEST_TIMEOUT',
      'MEDIA_TOO_LARGE',
      'STORAGE_FULL',
      'STORAGE_UNAVAILABLE',
      'WORKER_UNAVAILABLE',
    ],
  },
];
