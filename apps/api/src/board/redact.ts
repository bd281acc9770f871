import { parseRecipient } from '@gateway/contracts';

/**
 * Selects the parts of a job's data and results that the dashboard shows. Nothing shown gives access to an account;
 * message text is shown only if allowed.
 */

type Fields = Readonly<Record<string, unknown>>;

/** A send job's data. The fields are an explicit allowlist, so a new field stays hidden until it is added here. */
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
