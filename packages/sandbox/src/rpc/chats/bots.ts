import type { Account, InlineButton, Message } from '../../state/model.ts';
import type { TlObject } from '../../types.ts';
import { bytesField, objectList, optionalObject, textField } from '../fields.ts';
import { unixSeconds, type Telegram } from '../telegram.ts';
import { postMessage } from '../updates/post-message.ts';

/** The text that goes with the buttons of an automatic bot. */
const REPLY = 'Choose:';

/** Posts the reply of an automatic bot to a message in its private chat. */
export function letBotReply(telegram: Telegram, { from, to, action }: Message): void {
  const bot = telegram.store.state.accounts.get(to);
  if (bot?.autoReply === undefined || from === to || action !== undefined) return;
  const { buttons } = bot.autoReply;
  const reply = { text: REPLY, date: unixSeconds(telegram), randomId: '0', buttons };
  postMessage(telegram, { from: to, to: from, ...reply });
}

/** The inline buttons in a `reply_markup`. Only bots can send them; buttons that send back no data are left out. */
export function buttonsOf(account: Account, markup: TlObject | undefined): { buttons?: InlineButton[][] } {
  if (account.botToken === undefined || markup?._ !== 'replyInlineMarkup') return {};
  const rows = objectList(markup, 'rows').map((row) =>
    objectList(row, 'buttons').flatMap((button) => {
      // In newer layers the type of a button is an object of its own.
      const type = optionalObject(button, 'type') ?? button;
      return type._ === 'keyboardButtonCallback' || type._ === 'inlineButtonTypeCallback'
        ? [{ text: textField(button, 'text'), data: bytesField(type, 'data').toString('latin1') }]
        : [];
    }),
  );
  return { buttons: rows.filter((row) => row.length > 0) };
}
