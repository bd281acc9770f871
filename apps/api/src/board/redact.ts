import { ACTION_NAMES, actionOf } from '@gateway/actions';
import { parseRecipient } from '@gateway/contracts';

/**
 * Selects the parts of a job's data and results that the dashboard shows. Nothing shown gives access to an account;
 * message text is shown only if allowed.
 */

type Fields = Readonly<Record<string, unknown>>;

const ALL = ACTION_NAMES.flatMap((name) => actionOf(name) ?? []);
/** Fields that the catalogue hides. They are shown only where text may be shown. */
const HIDDEN = new Set(ALL.flatMap(({ hide }) => hide));
/** Fields that only the product needs. */
const INTERNAL = new Set(['digest', 'askedDigest']);
/** The fields of the catalogue's jobs. A field that no action has stays hidden. */
const SHOWN = new Set(
  ALL.flatMap(({ schema }) => Object.keys(schema.shape)).filter((name) => !INTERNAL.has(name)),
);

/** The data of a job in an account's queue. */
export function shownAction(data: unknown, showText: boolean): Fields {
  const shown = Object.entries(fieldsOf(data)).filter(([name]) => SHOWN.has(name));
  return Object.fromEntries(
    shown.flatMap(([name, value]) => {
      if (!HIDDEN.has(name) || showText) return [[name, withoutSecrets(name, value)]];
      return typeof value === 'string' ? [[name, hiddenText(value)]] : [];
    }),
  );
}

function withoutSecrets(name: string, value: unknown): unknown {
  if (name === 'after') return { jobId: fieldsOf(value)['jobId'] };
  if (typeof value !== 'string') return value;
  if (name === 'recipient' || name === 'toRecipient') return maskedPhone(value);
  return name === 'callbackUrl' ? hostOf(value) : value;
}

/** A control job's data. Its payload is sealed. */
export function shownControl(data: unknown): Fields {
  return { ...fieldsOf(data), sealed: '(sealed)' };
}

export function shownWebhook(data: unknown): Fields {
  const { url, body, ...rest } = fieldsOf(data);
  return {
    ...rest,
    url: typeof url === 'string' ? hostOf(url) : url,
    ...(body !== undefined && { body: hiddenText(body) }),
  };
}

function hiddenText(text: unknown): string {
  return typeof text === 'string' ? `(${text.length} characters)` : '(hidden)';
}

/** Masks a phone number in any notation as `+7999•••67`. */
function maskedPhone(recipient: string): string {
  const parsed = parseRecipient(recipient);
  if (typeof parsed === 'string') return '(hidden)';
  return parsed.kind === 'phone' ? parsed.phone.replace(/^\+(\d{4})\d+(\d{2})$/, '+$1•••$2') : recipient;
}

/** Drops user-info, query and path: they can contain passwords and keys. */
function hostOf(text: string): string {
  if (!URL.canParse(text)) return '(hidden)';
  const { protocol, host } = new URL(text);
  return `${protocol}//${host}/…`;
}

function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
