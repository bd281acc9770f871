/*
 * OpenAPI descriptions of fields whose checks zod cannot express. Each pattern matches only values that the API
 * accepts; test/contract checks that. The patterns use plain syntax, because validators in other languages read them,
 * too.
 */

const NAME = '[A-Za-z][A-Za-z0-9_]{2,31}';
const PHONE = '\\+[1-9](?:[ .-]?[0-9]){6,14}';
const USER_ID = '[1-9][0-9]{0,11}';
const CHANNEL_ID = '[1-9][0-9]{0,10}';
/** Paths of t.me that name no chat; see telegram-links.ts. In lower case: all cases make it very long. */
const RESERVED = (
  'joinchat addlist folder share contact boost addemoji addstickers addtheme auction auth call confirmphone giftcode ' +
  'invoice login newbot nft oauth passport proxy setlanguage socks stargift'
).split(' ');
const NOT_RESERVED = `(?!(?:${RESERVED.join('|')})(?:$|[/?#]))`;
/** What may follow a name in a link, such as a message id or a start parameter. */
const REST = '(?:[/?#][!-~]{0,800})?';

/** The ids of groups and channels. The ids between both, and those beyond, name nothing. */
const [LOWEST_CHANNEL, NO_CHANNEL] = [-1_899_999_999_999, -1_000_000_000_000];
const HIGHEST_USER = 1e12 - 1;

/** In any of these forms. */
const oneOf = (...patterns: readonly string[]) => `^(?:${patterns.join('|')})$`;

export const RECIPIENT = {
  description:
    '`me` for Saved Messages; the id of a user, of a group with -, of a channel or supergroup with -100; a username; a phone number with its +; a link, also other ones of Telegram.',
  anyOf: [
    {
      type: 'string',
      pattern: oneOf(
        '[Mm][Ee]|[Ss][Ee][Ll][Ff]',
        `-?${USER_ID}|-1(?!0{12})[0-8][0-9]{11}`,
        `@?${NAME}`,
        PHONE,
        `(?:https?://)?(?:t\\.me|telegram\\.me|telegram\\.dog)/(?:(?:(?:s/|${NOT_RESERVED})${NAME}|c/${CHANNEL_ID})${REST}|@${NAME})`,
        `tg://resolve\\?domain=${NAME}(?:&[!-~]{0,800})?|tg://user\\?id=${USER_ID}`,
      ),
    },
    {
      type: 'integer',
      minimum: LOWEST_CHANNEL,
      maximum: HIGHEST_USER,
      not: { enum: [0, NO_CHANNEL] },
    },
  ],
};

/** An invite link, or a form of {@link RECIPIENT} that may name a group or channel. */
export const CHAT_TARGET = {
  description: 'An invite link, or a group or channel in any form of `recipient_id`.',
  anyOf: [
    {
      type: 'string',
      pattern: oneOf(
        '(?:https?://)?(?:t\\.me|telegram\\.me|telegram\\.dog)/(?:\\+|joinchat/)[A-Za-z][A-Za-z0-9_-]{15,31}',
        'tg://join\\?invite=[A-Za-z][A-Za-z0-9_-]{15,31}',
        `-${USER_ID}|-1(?!0{12})[0-8][0-9]{11}`,
        `@${NAME}`,
      ),
    },
    { type: 'integer', minimum: LOWEST_CHANNEL, maximum: -1, not: { const: NO_CHANNEL } },
  ],
};

export const USER_ID_PATTERN = '^(?!\\.{1,2}$)[A-Za-z0-9_.@+-]{1,64}$';

export const PHONE_NUMBER = {
  id: 'PhoneNumber',
  description: 'E.164. Other signs between the digits, digits of other scripts and `tel:` are accepted.',
  pattern: `^${PHONE}$`,
};

const LABEL = '(?![Xx][Nn]--)[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?';
const LAST_LABEL = '(?![Xx][Nn]--)[A-Za-z](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?';
const BYTE = '(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])';

export const HTTP_URL = {
  id: 'HttpUrl',
  description: 'An http or https address, also with a name in another script or IPv6 in brackets.',
  pattern: `^https?://(?:(?:${LABEL}\\.)*${LAST_LABEL}|(?:${BYTE}\\.){3}${BYTE})(?::[0-9]{1,4})?(?:[/?#][!-~]*)?$`,
};

/** JSON Schema that requires a field and refuses null in it. */
export function needs(name: string) {
  return { required: [name], properties: { [name]: { not: { type: 'null' } } } };
}

/**
 * JSON Schema for rules between the fields of an object. Validators check `if … else`; generators of clients
 * ignore it, whereas an `anyOf` at the root makes them produce a union of types without fields.
 */
export function rule(...schemas: readonly object[]) {
  const [only = {}] = schemas;
  return { if: schemas.length === 1 ? only : { allOf: schemas }, else: { not: {} } };
}
