/*
 * OpenAPI descriptions of fields whose checks zod cannot express. Each pattern matches only values that the API
 * accepts; test/contract checks that. The patterns use plain syntax, because validators in other languages read them,
 * too.
 */

const NAME = '[A-Za-z][A-Za-z0-9_]{2,31}';
const PHONE = '\\+[1-9](?:[ .-]?[0-9]){6,14}';
const USER_ID = '[1-9][0-9]{0,11}';
const CHANNEL_ID = '[1-9][0-9]{0,10}';
/** Paths of t.me that name no chat; see telegram-links.ts. */
const RESERVED = (
  'joinchat addlist folder share contact boost addemoji addstickers addtheme auction auth call confirmphone giftcode ' +
  'invoice login newbot nft oauth passport proxy setlanguage socks stargift'
).split(' ');
const NOT_RESERVED = `(?!(?:${RESERVED.map(anyCase).join('|')})(?:$|[/?#]))`;
/** What may follow a name in a link, such as a message id or a start parameter. */
const REST = '(?:[/?#][!-~]{0,800})?';

const form = (description: string, pattern: string) => ({
  type: 'string',
  description,
  pattern: `^(?:${pattern})$`,
});

export const RECIPIENT = {
  description:
    "In any form in which Telegram and its apps name a chat; the commonest are listed. Other links of Telegram's are taken, too.",
  anyOf: [
    form('Saved Messages', '[Mm][Ee]|[Ss][Ee][Ll][Ff]'),
    form(
      'The id of a user, of a group with -, of a channel or supergroup with -100',
      `-?${USER_ID}|-1(?!0{12})[0-8][0-9]{11}`,
    ),
    form('A username', `@?${NAME}`),
    form('A phone number with its +', PHONE),
    form(
      'A link',
      `(?:https?://)?(?:t\\.me|telegram\\.me|telegram\\.dog)/(?:${NOT_RESERVED}${NAME}${REST}|@${NAME}|s/${NAME}${REST}|c/${CHANNEL_ID}${REST})|` +
        `tg://resolve\\?domain=${NAME}(?:&[!-~]{0,800})?|tg://user\\?id=${USER_ID}`,
    ),
    { type: 'integer', description: 'The id of a user as a number', minimum: 1, maximum: 1e12 - 1 },
    { type: 'integer', description: 'The id of a group as a number', minimum: -(1e12 - 1), maximum: -1 },
    {
      type: 'integer',
      description: 'The id of a channel or supergroup as a number',
      minimum: -1_899_999_999_999,
      maximum: -1_000_000_000_001,
    },
  ],
};

/** An invite link, or a form of {@link RECIPIENT} that may name a group or channel. */
export const CHAT_TARGET = {
  description: 'An invite link, or a group or channel in any form of `recipient_id`.',
  anyOf: [
    form(
      'An invite link',
      '(?:https?://)?(?:t\\.me|telegram\\.me|telegram\\.dog)/(?:\\+|joinchat/)[A-Za-z][A-Za-z0-9_-]{15,31}|tg://join\\?invite=[A-Za-z][A-Za-z0-9_-]{15,31}',
    ),
    form(
      'The id of a group with -, of a channel or supergroup with -100',
      `-${USER_ID}|-1(?!0{12})[0-8][0-9]{11}`,
    ),
    form('A username', `@${NAME}`),
    ...RECIPIENT.anyOf.slice(6),
  ],
};

export const USER_ID_PATTERN = '^(?!\\.{1,2}$)[A-Za-z0-9_.@+-]{1,64}$';

export const PHONE_NUMBER = {
  description: 'E.164. Other signs between the digits, digits of other scripts and `tel:` are taken, too.',
  pattern: `^${PHONE}$`,
};

const LABEL = '(?![Xx][Nn]--)[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?';
const LAST_LABEL = '(?![Xx][Nn]--)[A-Za-z](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?';
const BYTE = '(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])';

export const CALLBACK_URL = {
  description: 'An http or https address. Names in other scripts are taken as well, and IPv6 in brackets.',
  pattern: `^https?://(?:(?:${LABEL}\\.)*${LAST_LABEL}|(?:${BYTE}\\.){3}${BYTE})(?::[0-9]{1,4})?(?:[/?#][!-~]*)?$`,
};

/** JSON Schema that requires a field and refuses null in it. @param others fields that must be absent or null. */
export function needs(name: string, others: readonly string[] = []) {
  const absent = others.map((other) => [other, { type: 'null' }]);
  return {
    required: [name],
    properties: { [name]: { not: { type: 'null' } }, ...Object.fromEntries(absent) },
  };
}

function anyCase(word: string): string {
  return word.replace(/[a-z]/g, (letter) => `[${letter.toUpperCase()}${letter}]`);
}
