import { ACCOUNT, BY_WORKER, GUARDED } from './error-groups.ts';
import type { Operation } from './operation.ts';

export const FILE_OPERATIONS: readonly Operation[] = [
  {
    method: 'get',
    path: '/telegram/accounts/{user_id}/files/{file_id}',
    id: 'downloadFile',
    tag: 'Account',
    summary: 'Download a file of a message',
    description:
      "The file of a message's `media`, streamed while it arrives from Telegram, and kept for MEDIA_RETENTION. Photos, and documents with a picture, also have thumbnails (`size`); the nearest is answered. The answer is always an attachment.",
    parameters: ['UserId', 'FileId', 'ThumbnailSize', 'Range', 'IfRange', 'IfNoneMatch'],
    answers: {
      200: { description: 'The file.', file: true, headers: ['ETag'] },
      206: { description: 'The range of it.', file: true, headers: ['ETag', 'ContentRange'] },
      304: { description: 'It is the file of `If-None-Match`.', headers: ['ETag'] },
    },
    errors: [...GUARDED, 'VALIDATION', ...BY_WORKER, ...ACCOUNT, 'FILE_NOT_FOUND', 'RANGE_NOT_SATISFIABLE'],
  },
];
