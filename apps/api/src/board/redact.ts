import { parseRecipient } from '@gateway/contracts';

/** What of a job's data and results the dashboard shows: nothing that would let its reader into an account, and no text unless it may. */

type Fields = Readonly<Record<string, unknown>>;

/** A send's data. Fields are named one by one: what comes to it later is hidden until somebody has thought of it. */
export function shownSend(data: unknown, showText: boolean): Fields {
  const { userId, requestId, replyTo, silent, linkPreview, text, entities, cuts, recipient, callbackUrl } =
    fieldsOf(data);
  return {
    userId,
    requestId,
    replyTo,
    silent,
    linkPreview,
    recipient: typeof recipient === 'string' ? maskedPhone(recipient) : recipient,
    ...(showText ? { text, entities, cuts } : { text: hiddenText(text) }),
    ...(typeof callbackUrl === 'string' && { callbackUrl: hostOf(callbackUrl) }),
  };
}

/** A control job's data: its payload is sealed anyway. */
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

/** `+7999•••67`, however the number was written. */
function maskedPhone(recipient: string): string {
  const parsed = parseRecipient(recipient);
  if (typeof parsed === 'string') return '(hidden)';
  return parsed.kind === 'phone' ? parsed.phone.replace(/^\+(\d{4})\d+(\d{2})$/, '+$1•••$2') : recipient;
}

/** Passwords and keys stand in user-info, query and path. */
function hostOf(text: string): string {
  if (!URL.canParse(text)) return '(hidden)';
  const { protocol, host } = new URL(text);
  return `${protocol}//${host}/…`;
}

function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
