import {
  entitySchema,
  fileProgressSchema,
  messageFields,
  needs,
  requestBodyWithOneOf,
  rule,
  sentMediaSchema,
  userIdSchema,
} from '@gateway/contracts';
import * as z from 'zod';
import { defineAction } from './action.ts';
import {
  chatsOfFiles,
  countFileSteps,
  fileStepsDone,
  nextFileStep,
  uploadsOfFiles,
} from './fields/file-steps.ts';
import { checkMedia, mediaForDigest, mediaJobSchema, mediaOf, oneFileSchema } from './fields/media.ts';
import { cutsFor, firstTextOf } from './fields/message-text.ts';
import { messageOf, namedMessage } from './fields/named-message.ts';

const request = requestBodyWithOneOf(
  {
    user_id: userIdSchema,
    ...namedMessage,
    text: messageFields.text.optional().describe('With `media` the caption. Absent: it stays'),
    media: oneFileSchema.optional(),
    parse_mode: messageFields.parse_mode,
    link_preview: messageFields.link_preview,
    callback_url: messageFields.callback_url.optional(),
  },
  ['text', 'media'],
).meta({
  description: '`text`, `media`, or both.',
  ...rule({ anyOf: [needs('text'), needs('media')] }),
});

const job = {
  recipient: z.string(),
  messageId: z.int(),
  /** Empty: the message keeps its caption. */
  text: z.string(),
  /** The formatting of `text`. */
  entities: z.array(entitySchema).optional(),
  /** The file that takes the place of the message's own. */
  media: z.array(mediaJobSchema).length(1).optional(),
  linkPreview: z.boolean(),
};

const result = z.object({
  message_id: z.int(),
  edit_date: z
    .string()
    .meta({ format: 'date-time' })
    .nullable()
    .describe('When it was last edited; null if it already had this text and was never edited'),
  media: z.array(sentMediaSchema).optional(),
});

const progress = z.object({
  /**
   * The message's `edit_date` before the first try, s since the epoch; 0: never edited. A try whose answer was lost is
   * repeated only if it is still this one, so that nobody else's edit is overwritten.
   */
  before: z.int().optional(),
  /** The id of the message's file before the first try. */
  fileBefore: z.string().optional(),
  files: z.array(fileProgressSchema).optional(),
  result: result.optional(),
});

/** Replaces the text or the file of a message that the account sent. */
export const editMessage = defineAction({
  name: 'message.edit',
  v: 1,
  docs: {
    id: 'editMessage',
    summary: 'Edit a message',
    description:
      "The text, the file, or both, of the account's own message. A text that the message already has is a success.",
    done: 'Edited.',
    examples: {
      edit: { user_id: 'alice', recipient_id: '+9996627102', message_id: 1234, text: 'Hello again!' },
      file: {
        user_id: 'alice',
        recipient_id: '+9996627102',
        message_id: 1234,
        media: [{ type: 'photo', url: 'https://example.com/cat.jpg' }],
      },
    },
  },
  request,
  job,
  result,
  toJob: async (given, tools) => {
    const { media, link_preview, callback_url } = given;
    const { recipient, messageId } = messageOf(given);
    if (media !== undefined) checkMedia(media);
    const formatted = await firstTextOf(given, tools);
    await tools.pause();
    cutsFor({ split: false }, formatted);
    const { text, entities } = formatted;
    return {
      job: {
        recipient,
        messageId,
        text,
        ...(entities.length > 0 && { entities: [...entities] }),
        ...(media !== undefined && { media: media.map((item) => mediaOf(item, undefined)) }),
        linkPreview: link_preview,
      },
      callbackUrl: callback_url,
    };
  },
  digest: [
    'recipient_id',
    'job_id',
    'message_id',
    'text',
    'media',
    'parse_mode',
    'link_preview',
    'callback_url',
  ],
  forDigest: ({ media, ...given }) => ({ ...given, media: media?.map(mediaForDigest) }),
  uploadsOf: uploadsOfFiles,
  chatsOf: chatsOfFiles,
  preview: ({ text, media = [] }) => text || media.map(({ type }) => `[${type}]`).join(' '),
  steps: {
    progress,
    none: {},
    count: (edit, made) => countFileSteps(edit, made) + 1,
    done: (made) => fileStepsDone(made) + (made.result === undefined ? 0 : 1),
    result: (made) => made.result ?? null,
    isTransfer: (edit, made) => nextFileStep(edit, made) !== undefined,
  },
  repeat: 'idempotent',
  makesMessages: false,
  errors: [
    'RECIPIENT_NOT_FOUND',
    'RECIPIENT_REFUSED',
    'MESSAGE_INVALID',
    'MESSAGE_NOT_FOUND',
    'EDIT_TOO_LATE',
    'NOT_AUTHOR',
    'UPLOAD_NOT_FOUND',
    'MEDIA_REFUSED',
    'MEDIA_UNAVAILABLE',
    'JOB_NOT_FOUND',
    'DEPENDENCY_FAILED',
  ],
  hide: ['text', 'entities', 'media'],
});
