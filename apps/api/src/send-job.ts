import {
  cutsOf,
  type GatewayError,
  MAX_MESSAGE_LENGTH,
  partsOf,
  type FormattedText,
  type SendJob,
  type SendRequest,
} from '@gateway/contracts';
import { FormatError, parseFormatted } from '@gateway/formatting';
import type { NewSend } from '@gateway/queue';
import type { Logger } from '@gateway/runtime';
import { formatModelText } from './model-text.ts';
import { validationError } from './validation.ts';

export interface Message extends Pick<
  SendJob,
  'userId' | 'recipient' | 'replyTo' | 'silent' | 'linkPreview' | 'requestId' | 'callbackUrl'
> {
  formatted: FormattedText;
}

/** The job of a message; a text that is too long for one is cut here, so that every try cuts alike. */
export function sendJob({ formatted: { text, entities }, ...message }: Message): NewSend['job'] {
  const cuts = cutsOf(text, entities);
  return {
    ...message,
    text,
    ...(entities.length > 0 && { entities: [...entities] }),
    ...(cuts.length > 0 && { cuts }),
  };
}

/** What `POST /telegram/user/send` asks for. @throws {GatewayError} `VALIDATION` where the text's markup is not right, or it is too long. */
export async function newSend(
  request: SendRequest,
  requestId: string,
  logger: Logger,
): Promise<Pick<NewSend, 'job' | 'sendAt'>> {
  const { user_id, recipient_id, reply_to, silent, link_preview, callback_url, send_at } = request;
  const job = sendJob({
    userId: user_id,
    recipient: recipient_id,
    formatted: await formattedText(request, logger),
    linkPreview: link_preview,
    requestId,
    ...(reply_to !== undefined && { replyTo: reply_to }),
    ...(silent !== undefined && { silent }),
    ...(callback_url !== undefined && { callbackUrl: callback_url }),
  });
  if (!request.split && job.cuts !== undefined) throw tooLong();
  return { job, sendAt: send_at };
}

/** The messages that a text would go out as. @throws {GatewayError} as {@link newSend}. */
export async function previewOf(
  request: Pick<SendRequest, 'text' | 'parse_mode' | 'split'>,
  logger: Logger,
): Promise<FormattedText[]> {
  const { text, entities } = await formattedText(request, logger);
  const cuts = cutsOf(text, entities);
  if (!request.split && cuts.length > 0) throw tooLong();
  return partsOf(text, cuts, entities);
}

async function formattedText(
  { text, parse_mode }: Pick<SendRequest, 'text' | 'parse_mode'>,
  logger: Logger,
): Promise<FormattedText> {
  if (parse_mode === 'none') return { text, entities: [] };
  const formatted =
    parse_mode === 'markdown_lenient' ? await formatModelText(text, logger) : parsed(text, parse_mode);
  if (formatted.text.trim() === '') throw textError('must not be empty: it is nothing but markup');
  return formatted;
}

function parsed(text: string, mode: 'markdown' | 'html'): FormattedText {
  try {
    return parseFormatted(text, mode);
  } catch (error) {
    if (error instanceof FormatError) throw textError(`is not valid ${mode}: ${error.message}`);
    throw error;
  }
}

function tooLong(): GatewayError {
  return textError(`must be at most ${MAX_MESSAGE_LENGTH} UTF-16 units where split is false`);
}

function textError(message: string): GatewayError {
  return validationError([{ path: 'text', message }]);
}
