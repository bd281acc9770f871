import { createHash } from 'node:crypto';
import { text } from './values.ts';

/** Sessions name their data centre with up to three digits. */
const MAX_DATA_CENTER = 999;

export const dataCenters = text.transform((value, context) => {
  const wrong = (message: string) => context.addIssue({ code: 'custom', message });
  const ids = new Set<number>();
  return value.split(',').flatMap((item) => {
    const match = /^\s*(\d{1,9}):(\[[0-9a-fA-F:]+\]|[^:\s]+):(\d{1,9})\s*$/.exec(item);
    const [, idText, host = '', portText] = match ?? [];
    const [id, port] = [Number(idText), Number(portText)];
    if (match === null) wrong('must be id:host:port, several with commas, such as 2:127.0.0.1:4430');
    else if (id < 1 || id > MAX_DATA_CENTER) wrong(`has an id that is not between 1 and ${MAX_DATA_CENTER}`);
    else if (port < 1 || port > 65_535) wrong('has a port that is not between 1 and 65535');
    else if (ids.has(id)) wrong(`has data centre ${id} twice`);
    ids.add(id);
    return match === null ? [] : [{ id, host: host.replace(/^\[|\]$/g, ''), port }];
  });
});

const USER_ID = /^[A-Za-z0-9_.@+-]{1,64}$/;

const HASHED_KEY = /^sha256:([0-9a-f]{64})(?::(.*))?$/i;

/**
 * API keys, each as its SHA-256 (hex) with the accounts that it may use (`null`: all). `key` is the plain key, if it
 * was given.
 */
export const apiKeys = text.transform((value, context) =>
  value
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '')
    .map((item) => {
      const [, hash, ofHash] = HASHED_KEY.exec(item) ?? [];
      const [key, ofKey] = splitOnce(item, ':');
      const list = hash === undefined ? ofKey : ofHash;
      const accounts = list === undefined ? null : list.split('|').map((id) => id.trim());
      if (key === '' || accounts?.some((id) => !USER_ID.test(id))) {
        context.addIssue({
          code: 'custom',
          message:
            'must be key or key:user_id|user_id, several with commas; sha256:<64 hex digits> may stand for a key',
        });
      }
      return hash === undefined
        ? { key, sha256: createHash('sha256').update(key).digest('hex'), accounts }
        : { key: null, sha256: hash.toLowerCase(), accounts };
    }),
);

/** Origins as browsers send them, separated by commas, or `*`. Drops a trailing slash. */
export const origins = text.transform((value, context) =>
  value
    .split(',')
    .map((item) => item.trim().toLowerCase().replace(/\/$/, ''))
    .filter((item) => item !== '')
    .map((item) => {
      if (item === '*') return item;
      const url =
        /^[a-z][a-z0-9+.-]*:\/\/[^/?#@\s*]+$/.test(item) && URL.canParse(item) ? new URL(item) : null;
      if (url === null)
        context.addIssue({
          code: 'custom',
          message:
            'must be origins such as https://app.example.com (no path, no wildcard inside), several with commas, or *',
        });
      // Browsers omit the scheme's default port and send international names in Punycode.
      return url === null || url.origin === 'null' ? item : url.origin;
    }),
);

/**
 * `user_id` for all chats of an account, `user_id>chat` for one, `*>chat` for one chat of any account; separated by
 * commas.
 */
export const assistantAllow = text.transform((value, context) =>
  value
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '')
    .map((item) => {
      const [account = '', chat] = splitOnce(item, '>').map((part) => part?.trim());
      if ((account !== '*' && !USER_ID.test(account)) || chat === '') {
        context.addIssue({
          code: 'custom',
          message: 'must be user_id, user_id>recipient or *>recipient, several with commas',
        });
      }
      return { account, chat: chat ?? null };
    }),
);

function splitOnce(value: string, separator: string): [string, string?] {
  const at = value.indexOf(separator);
  return at < 0 ? [value] : [value.slice(0, at), value.slice(at + 1)];
}
