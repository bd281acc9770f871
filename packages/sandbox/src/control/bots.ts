import { randomBytes } from 'node:crypto';
import { createAccount } from '../rpc/accounts.ts';
import type { Telegram } from '../rpc/telegram.ts';
import type { Account, ButtonPress, InlineButton } from '../state/model.ts';
import { refuseTakenUsername } from './accounts.ts';
import type { AutoBotRequest, ButtonsRequest } from './http/chat-requests.ts';

const FIRST_BOT_ID = 7_000_000_001;

/** Creates a bot that answers every message with buttons, and a press with `answer` or not at all. */
export function createAutoBot(telegram: Telegram, request: AutoBotRequest): Account {
  const { username, buttons, answer } = request;
  refuseTakenUsername(telegram, username);
  const id = FIRST_BOT_ID + telegram.store.state.accounts.size;
  return createAccount(telegram.store, {
    id,
    phone: '',
    firstName: username,
    username,
    botToken: `${id}:${randomBytes(24).toString('base64url')}`,
    autoReply: { buttons: buttonRows(buttons), ...(answer !== undefined && { answer }) },
  });
}

export function buttonRows(buttons: ButtonsRequest): InlineButton[][] {
  const rows = buttons.every((row) => Array.isArray(row)) ? buttons : [buttons];
  return rows.map((row) =>
    row.flat().map((button) => {
      const { text, data = text } = typeof button === 'string' ? { text: button } : button;
      return { text, data: Buffer.from(data).toString('latin1') };
    }),
  );
}

export interface PressView {
  from_id: number;
  bot_id: number;
  /** In the numbering of `from_id`. */
  message_id: number;
  data: string;
  /** RFC 3339, precise to the millisecond. */
  at: string;
}

export function pressView({ from, bot, messageId, data, at }: ButtonPress): PressView {
  return {
    from_id: from,
    bot_id: bot,
    message_id: messageId,
    data: Buffer.from(data, 'latin1').toString(),
    at: new Date(at).toISOString(),
  };
}
