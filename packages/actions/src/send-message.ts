import {
  captionCutsOf,
  entitySchema,
  MAX_ALBUM,
  MAX_TYPING_MS,
  messageFields,
  needs,
  recipientIdSchema,
  requestBodyWithOneOf,
  resultOf,
  rule,
  sendProgressSchema,
  sendResultSchema,
  partsOf,
  cutsOf,
  userIdSchema,
  type FormattedText,
} from '@gateway/contracts';
import * as z from 'zod';
import { defineAction, type JobTools } from './action.ts';
import {
  attachmentFields,
  attachmentJob,
  attachmentOf,
  ATTACHMENTS,
  CONTENT_RULE,
  CONTENTS,
} from './fields/attachments.ts';
import {
  chatsOfFiles,
  countFileSteps,
  fileStepsDone,
  nextFileStep,
  uploadsOfFiles,
} from './fields/file-steps.ts';
import { checkMedia, mediaForDigest, mediaJobSchema, mediaOf, mediaSchema } from './fields/media.ts';
import { captionsOf, cutsFor, firstTextOf, readTextAsFormerly } from './fields/message-text.ts';
import { replyFields, replyJob, replyOf } from './fields/reply.ts';
import { sha256 } from './jobs/digest.ts';

const HELLO = { user_id: 'alice', recipient_id: '+9996627102', text: 'Hello!' };

const request = requestBodyWithOneOf(
  {
    user_id: userIdSchema,
    recipient_id: recipientIdSchema,
    text: messageFields.text
      .optional()
      .describe(
        'With `media` the caption (of an album: that of the first item). What is too long for one follows as messages',
      ),
    media: mediaSchema.optional(),
    ...attachmentFields,
    parse_mode: messageFields.parse_mode,
    ...replyFields,
    typing_ms: z
      .int()
      .nonnegative('must be at least 0')
      .max(MAX_TYPING_MS, `must be at most ${MAX_TYPING_MS}`)
      .optional()
      .describe('How long to show the account as typing first. Other chats go on meanwhile'),
    silent: z.boolean().optional(),
    link_preview: messageFields.link_preview,
    split: messageFields.split,
    send_at: messageFields.send_at.optional(),
    callback_url: messageFields.callback_url.optional(),
  },
  CONTENTS,
).meta({
  description:
    '`text`, `media`, both, or one of `location`, `contact` and `poll` alone. A `quote` needs `reply_to`.',
  ...rule(
    CONTENT_RULE,
    // oxlint-disable-next-line unicorn/no-thenable -- `then` is a keyword of JSON Schema.
    { if: needs('quote'), then: needs('reply_to') },
  ),
});
export type SendRequest = z.output<typeof request>;

const job = {
  recipient: z.string(),
  text: z.string(),
  /**
   * Rising offsets (UTF-16 units) at which the text is cut into messages. Fixed here so that every attempt cuts alike.
   */
  cuts: z.array(z.int().positive()).optional(),
  /**
   * The text of files is longer than the caption that every account may send. The worker cuts it by the limit of the
   * account, or leaves it whole.
   */
  longCaption: z.enum(['cut', 'whole']).optional(),
  /** The formatting of `text`. */
  entities: z.array(entitySchema).optional(),
  /** The files to send: one or an album. The first part of `text` is the caption of the first. */
  media: z.array(mediaJobSchema).min(1).max(MAX_ALBUM).optional(),
  ...attachmentJob,
  ...replyJob,
  /** How long the account is shown as typing before the first message. */
  typingMs: z.int().positive().optional(),
  silent: z.boolean().optional(),
  linkPreview: z.boolean(),
};

/** Sends a text, a file or an album, as several messages if the text is too long for one. */
export const sendMessage = defineAction({
  name: 'send',
  v: 1,
  docs: {
    id: 'sendMessage',
    summary: 'Send a message',
    description: 'Answers 200 once it is sent, 202 with the job if that takes longer than the caller waits.',
    done: 'Sent.',
    examples: {
      plain: HELLO,
      formatted: { ...HELLO, text: '*Hello!*', parse_mode: 'markdown', silent: true },
    },
  },
  request,
  job,
  result: sendResultSchema,
  toJob: async (given, tools) => {
    const { recipient_id, media, typing_ms, silent, link_preview, callback_url, send_at } = given;
    if (media !== undefined) checkMedia(media);
    const formatted = await firstTextOf(given, tools);
    const captions = await captionsOf(given, tools);
    await tools.pause();
    const isLong = media !== undefined && captionCutsOf(formatted.text, formatted.entities).length > 0;
    return {
      job: {
        recipient: recipient_id,
        ...formattedFields(formatted, media === undefined ? cutsFor(given, formatted) : []),
        ...(isLong && { longCaption: given.split ? ('cut' as const) : ('whole' as const) }),
        ...(media !== undefined && { media: media.map((item, index) => mediaOf(item, captions[index])) }),
        ...attachmentOf(given),
        ...replyOf(given),
        ...(typing_ms !== undefined && typing_ms > 0 && { typingMs: typing_ms }),
        ...(silent !== undefined && { silent }),
        linkPreview: link_preview,
      },
      sendAt: send_at,
      callbackUrl: callback_url,
    };
  },
  digest: [
    'recipient_id',
    'text',
    'media',
    'location',
    'contact',
    'poll',
    'parse_mode',
    'reply_to',
    'quote',
    'topic_id',
    'typing_ms',
    'silent',
    'link_preview',
    'split',
    'send_at',
    'callback_url',
  ],
  forDigest: ({ media, split, ...given }) => ({
    ...given,
    media: media?.map(mediaForDigest),
    // The default is left out: former digests lack the field.
    ...(!split && { split }),
  }),
  uploadsOf: uploadsOfFiles,
  // The chats of `from` too: a file that another job sends there must be there first.
  chatsOf: chatsOfFiles,
  preview: ({ text, media = [], ...job }) => {
    const types = [
      ...media.map(({ type }) => type),
      ...ATTACHMENTS.filter((name) => job[name] !== undefined),
    ];
    return text || types.map((type) => `[${type}]`).join(' ');
  },
  steps: {
    progress: sendProgressSchema,
    none: { sent: [] },
    count: (send, progress) => countFileSteps(send, progress) + messagesOf(send, progress),
    // Messages count, and not calls: one call makes all messages of an album.
    done: (progress) => fileStepsDone(progress) + progress.sent.length,
    result: ({ sent }) => resultOf(sent),
    messages: (send) => messagesOf(send),
    isTransfer: (send, progress) =>
      isCaptionUncut(send, progress) || nextFileStep(send, progress) !== undefined,
  },
  repeat: 'random-id',
  makesMessages: true,
  errors: [
    'RECIPIENT_NOT_FOUND',
    'RECIPIENT_REFUSED',
    'NOT_A_REPLY',
    'RECEIVING_OFF',
    'MESSAGE_INVALID',
    'MESSAGE_NOT_FOUND',
    'PEER_FLOOD',
    'UPLOAD_NOT_FOUND',
    'MEDIA_REFUSED',
    'MEDIA_UNAVAILABLE',
  ],
  hide: ['text', 'entities', 'cuts', 'longCaption', 'media', 'location', 'contact', 'poll', 'quote'],
});

interface Content {
  text: string;
  cuts?: readonly number[] | undefined;
  longCaption?: 'cut' | 'whole' | undefined;
  media?: readonly object[] | undefined;
}

interface Cuts {
  cuts?: readonly number[] | undefined;
}

/** Whether the worker has yet to find where the text of the files is cut. */
export function isCaptionUncut({ longCaption }: Content, { cuts }: Cuts): boolean {
  return longCaption !== undefined && cuts === undefined;
}

/** How many messages the job makes, as far as it is known. */
function messagesOf({ text, cuts: fixed, media = [] }: Content, { cuts = fixed ?? [] }: Cuts = {}): number {
  return (cuts.length === 0 ? 1 : partsOf(text, cuts).length) + Math.max(0, media.length - 1);
}

/** The fields of a job that hold its text. */
export function formattedFields(
  { text, entities }: FormattedText,
  cuts: readonly number[] = cutsOf(text, entities),
) {
  return {
    text,
    ...(entities.length > 0 && { entities: [...entities] }),
    ...(cuts.length > 0 && { cuts: [...cuts] }),
  };
}

/** The fields of a send that former versions did not have. */
const NEW_FIELDS = ['media', ...ATTACHMENTS, 'quote', 'topic_id', 'typing_ms'];

/** Whether a former version could accept the send, and so may have given it a digest. */
export function couldBeFormer(request: object): boolean {
  return !NEW_FIELDS.some((field) => field in request);
}

/**
 * The digest that former versions gave a send: of its job, in this order of the fields. They are recognised for as
 * long as such jobs are kept.
 */
export async function formerSendDigest(given: SendRequest, tools: JobTools): Promise<string> {
  const { text = '' } = given;
  const { user_id, recipient_id, reply_to, silent, link_preview, callback_url, send_at } = given;
  const message = {
    userId: user_id,
    recipient: recipient_id,
    linkPreview: link_preview,
    ...(reply_to !== undefined && { replyTo: reply_to }),
    ...(silent !== undefined && { silent }),
    ...(callback_url !== undefined && { callbackUrl: callback_url }),
    ...formattedFields(await readTextAsFormerly({ ...given, text }, tools)),
  };
  return sha256(JSON.stringify([message, send_at]));
}
