import {
  cleanSource,
  cutsOf,
  type GatewayError,
  isInvisible,
  MAX_MESSAGE_LENGTH,
  normalizeFormatted,
  partsOf,
  type FormattedText,
  type SendJob,
  type SendRequest,
} from '@gateway/contracts';
import type { NewSend } from '@gateway/queue';
import { Pauses, type Logger } from '@gateway/runtime';
import { validationError } from '../http/validation.ts';
import { formatMarkup } from './marked-up-text.ts';

export interface Message extends Pick<
  SendJob,
  'userId' | 'recipient' | 'replyTo' | 'silent' | 'linkPreview' | 'requestId' | 'callbackUrl'
> {
  formatted: FormattedText;
}

/**
 * Creates the job of a message. Cuts a text that is too long for one message here, so that every attempt cuts it alike.
 */
export function sendJob({ formatted: { text, entities }, ...message }: Message): NewSend['job'] {
  const cuts = cutsOf(text, entities);
  return {
    ...message,
    text,
    ...(entities.length > 0 && { entities: [...entities] }),
    ...(cuts.length > 0 && { cuts }),
  };
}

/**
 * Converts a `POST /telegram/user/send` request to a send.
 * @throws {GatewayError} `VALIDATION` if the text is too long or its markup is invalid.
 */
export async function newSend(
  request: SendRequest,
  requestId: string,
  logger: Logger,
  idempotencyKey?: string,
): Promise<NewSend> {
  const { user_id, recipient_id, reply_to, silent, link_preview, callback_url, send_at } = request;
  const jobOf = (formatted: FormattedText) =>
    sendJob({
      userId: user_id,
      recipient: recipient_id,
      formatted,
      linkPreview: link_preview,
      requestId,
      ...(reply_to !== undefined && { replyTo: reply_to }),
      ...(silent !== undefined && { silent }),
      ...(callback_url !== undefined && { callbackUrl: callback_url }),
    });
  const pauses = new Pauses();
  const { formatted, isAsGiven } = await readText(request, logger, pauses);
  await pauses.pause();
  const job = jobOf(formatted);
  if (!request.split && job.cuts !== undefined) throw tooLong();
  const send = { job, sendAt: send_at, idempotencyKey };
  if (idempotencyKey === undefined || isAsGiven) return send;
  return { ...send, asGiven: jobOf(await readAsGiven(request, logger)) };
}

/** The messages as which a text would be sent. @throws {GatewayError} as {@link newSend}. */
export async function previewOf(
  request: Pick<SendRequest, 'text' | 'parse_mode' | 'split'>,
  logger: Logger,
): Promise<FormattedText[]> {
  const pauses = new Pauses();
  const { text, entities } = (await readText(request, logger, pauses)).formatted;
  await pauses.pause();
  const cuts = cutsOf(text, entities);
  if (!request.split && cuts.length > 0) throw tooLong();
  return partsOf(text, cuts, entities);
}

interface ReadText {
  /** The text to send. */
  formatted: FormattedText;
  /** Whether normalisation changed nothing. */
  isAsGiven: boolean;
}

/** Normalises the text before parsing its markup, so that offsets refer to the message, and the parsed result again. */
async function readText(
  { text, parse_mode }: Pick<SendRequest, 'text' | 'parse_mode'>,
  logger: Logger,
  pauses: Pauses,
): Promise<ReadText> {
  const source = cleanSource(text);
  const plain = await marked(source, parse_mode, logger);
  await pauses.pause();
  const formatted = normalizeFormatted(plain);
  if (isInvisible(formatted.text)) throw textError('must not be empty: it is nothing but markup');
  return { formatted, isAsGiven: source === text && formatted.text === plain.text };
}

/**
 * Reads the text as versions without normalisation did, to recognise jobs that they enqueued under the same key. If
 * they could not parse the text, no such job exists, and any result will do.
 */
async function readAsGiven(
  { text, parse_mode }: Pick<SendRequest, 'text' | 'parse_mode'>,
  logger: Logger,
): Promise<FormattedText> {
  if (parse_mode !== 'markdown' && parse_mode !== 'html') return { text, entities: [] };
  const outcome = await formatMarkup(text, parse_mode, logger);
  return 'fault' in outcome ? { text, entities: [] } : outcome;
}

async function marked(text: string, mode: SendRequest['parse_mode'], logger: Logger): Promise<FormattedText> {
  if (mode === 'none') return { text, entities: [] };
  const outcome = await formatMarkup(text, mode, logger);
  if ('fault' in outcome) throw textError(`is not valid ${mode}: ${outcome.fault}`);
  return outcome;
}

function tooLong(): GatewayError {
  return textError(`must be at most ${MAX_MESSAGE_LENGTH} UTF-16 units where split is false`);
}

function textError(message: string): GatewayError {
  return validationError([{ path: 'text', message }]);
}
