/** The fields of a send, by how a cell is read. */
export const TEXTS: readonly string[] = [
  'user_id',
  'recipient_id',
  'text',
  'parse_mode',
  'send_at',
  'callback_url',
];
export const FLAGS: readonly string[] = ['silent', 'link_preview', 'split'];
const NUMBERS: readonly string[] = ['reply_to'];
export const COLUMNS: readonly string[] = [...TEXTS, ...FLAGS, ...NUMBERS];
/** Without these there is no message. */
export const REQUIRED: readonly string[] = ['user_id', 'recipient_id', 'text'];
