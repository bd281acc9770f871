import { GatewayError, type Recipient } from '@gateway/contracts';
import { Api } from 'telegram/tl/index.js';
import type { Caller } from '../caller.ts';
import { rpcNameOf } from '../errors/errors.ts';
import { TelegramFailure } from '../errors/telegram-failure.ts';
import type { Recipients } from '../peers/recipients.ts';
import { messageById, messageNotFound } from './history/messages-by-id.ts';
import { withRecipient } from './with-recipient.ts';

/** ms that a bot has for its answer. Telegram itself gives up earlier. */
const ANSWER_TIMEOUT_MS = 30_000;

export interface ButtonPress {
  recipient: Recipient;
  messageId: number;
  button: { row: number; column: number } | { data: string };
  /** When the caller requested it, ms since the epoch. */
  askedAt?: number | undefined;
  /** An earlier try may have pressed the button. */
  pressed: boolean;
  /** Stores whether a try may have pressed the button. */
  notePressed: (pressed: boolean) => Promise<void>;
}

export interface BotAnswer {
  message_id: number;
  text: string | null;
  alert: boolean;
  url: string | null;
}

/**
 * Presses a button of a bot's message, once.
 * @returns the bot's answer, as a promise of its own: other calls may go out while the bot thinks.
 */
export async function pressButton(
  caller: Caller,
  recipients: Recipients,
  press: ButtonPress,
): Promise<{ later: Promise<BotAnswer> }> {
  if (press.pressed) throw pressedAlready();
  return withRecipient(recipients, press, async ({ input: peer }) => {
    const { replyMarkup } = await messageById(caller, peer, press.messageId);
    const data = dataOf(replyMarkup, press.button);
    if (data === undefined) throw buttonNotFound();
    await press.notePressed(true);
    const request = new Api.messages.GetBotCallbackAnswer({ peer, msgId: press.messageId, data });
    const later = answerOf(caller.act(request, ANSWER_TIMEOUT_MS), press);
    later.catch(() => {}); // Its caller awaits it too, once the account's turn is over.
    return { later };
  });
}

async function answerOf(
  call: Promise<Api.messages.TypeBotCallbackAnswer>,
  { messageId, notePressed }: ButtonPress,
): Promise<BotAnswer> {
  try {
    const { message, alert, url } = await call;
    return { message_id: messageId, text: message || null, alert: alert === true, url: url || null };
  } catch (error) {
    const name = rpcNameOf(error);
    if (name === 'BOT_RESPONSE_TIMEOUT') throw error;
    const isUnknown = !(error instanceof TelegramFailure) || error.failure.outcome === 'unknown';
    if (!isUnknown) await notePressed(false);
    if (name === 'DATA_INVALID') throw buttonNotFound(name);
    throw name === 'MESSAGE_ID_INVALID' ? messageNotFound(name) : error;
  }
}

/** What the button sends; `undefined` if there is no such button, or one of another kind. */
function dataOf(markup: Api.TypeReplyMarkup | undefined, button: ButtonPress['button']): Buffer | undefined {
  if (!(markup instanceof Api.ReplyInlineMarkup)) return undefined;
  const callbacks = markup.rows.map(({ buttons }) =>
    buttons.map((each) => (each instanceof Api.KeyboardButtonCallback ? each.data : undefined)),
  );
  if ('row' in button) return callbacks[button.row]?.[button.column];
  const wanted = Buffer.from(button.data);
  return callbacks.flat().find((data) => data?.equals(wanted) === true);
}

function buttonNotFound(rpcError?: string): TelegramFailure {
  return new TelegramFailure(
    { outcome: 'fail' },
    new GatewayError('BUTTON_NOT_FOUND', undefined, { rpcError }),
  );
}

function pressedAlready(): TelegramFailure {
  const error = new GatewayError(
    'TELEGRAM_TIMEOUT',
    'The button may have been pressed, and the answer of the bot was lost: look at the chat.',
  );
  return new TelegramFailure({ outcome: 'unknown' }, error);
}
