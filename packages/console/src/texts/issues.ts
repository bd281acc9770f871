/** What the fields of a request are called here. */
const FIELDS: Record<string, string> = {
  user_id: 'The name of the account',
  recipient_id: 'The recipient',
  text: 'The text',
  send_at: 'The time',
  phone_number: 'The phone number',
  url: 'The address',
  media: 'The files',
};

/** The name of a field for people, with the number of its item if it has one. */
export function fieldName(path: string): string {
  const [field = '', item] = path.split('.');
  const name = FIELDS[field] ?? field.replaceAll('_', ' ');
  return item !== undefined && /^\d+$/.test(item) ? `${name} (${Number(item) + 1})` : name;
}

/** The gateway's sentence about a field, without the words of its API. */
export function inPlainWords(message: string): string {
  return message.replace(' in E.164,', ' with its country code,');
}
