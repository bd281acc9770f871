/** What of a job's data and results the dashboard shows: nothing that would let its reader into an account, and no text unless it may. */

type Fields = Readonly<Record<string, unknown>>;

/** A send's data. */
export function shownSend(data: unknown, showText: boolean): Fields {
  const { text, entities, cuts, recipient, callbackUrl, ...rest } = fieldsOf(data);
  return {
    ...rest,
    recipient: typeof recipient === 'string' ? maskedPhone(recipient) : recipient,
    ...(showText ? { text, entities, cuts } : { text: hiddenText(text) }),
    ...(typeof callbackUrl === 'string' && { callbackUrl: withoutSecrets(callbackUrl) }),
  };
}

/** A control job's data: its payload is sealed anyway. */
export function shownControl(data: unknown): Fields {
  return { ...fieldsOf(data), sealed: '(sealed)' };
}

/** A control job's result: code hashes and phone numbers stand in them. */
export function shownControlResult(value: unknown): unknown {
  const { status, outcome, state } = fieldsOf(value);
  return {
    ...(status !== undefined && { status }),
    ...(outcome !== undefined && { outcome }),
    ...(state !== undefined && { state }),
  };
}

export function shownWebhook(data: unknown): Fields {
  const { url, body, ...rest } = fieldsOf(data);
  return {
    ...rest,
    url: typeof url === 'string' ? withoutSecrets(url) : url,
    ...(body !== undefined && { body: hiddenText(body) }),
  };
}

function hiddenText(text: unknown): string {
  return typeof text === 'string' ? `(${text.length} characters)` : '(hidden)';
}

/** `+7999•••67` */
function maskedPhone(recipient: string): string {
  return recipient.replace(/^\+(\d{4})\d+(\d{2})$/, '+$1•••$2');
}

/** Without user-info and query, where passwords and keys stand. */
function withoutSecrets(text: string): string {
  if (!URL.canParse(text)) return '(hidden)';
  const { protocol, host, pathname, search } = new URL(text);
  return `${protocol}//${host}${pathname}${search === '' ? '' : '?…'}`;
}

function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
