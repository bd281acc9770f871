/** The fields of a send, grouped by how their cells are parsed. */
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
/** Fields that every message needs. */
export const REQUIRED: readonly string[] = ['user_id', 'recipient_id', 'text'];
