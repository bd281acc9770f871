import { text, type Text } from '@gateway/texts';
import type { Words } from '../lib/words.ts';

interface Issue {
  path: string;
  message: string;
}

/** What the fields of a request are called here. */
const FIELDS: Record<string, Text> = {
  user_id: text('The name of the account'),
  recipient_id: text('The recipient'),
  text: text('The text'),
  send_at: text('The time'),
  phone_number: text('The phone number'),
  url: text('The address'),
  media: text('The files'),
};

/** What is wrong with which field, with the number of its item if it has one. */
function issueInWords(issue: Issue, words: Words): string {
  const [field = '', item] = issue.path.split('.');
  const known = FIELDS[field];
  const name = known === undefined ? field.replaceAll('_', ' ') : words.say(known);
  const numbered = item !== undefined && /^\d+$/.test(item) ? `${name} (${Number(item) + 1})` : name;
  return words.t('{field} {problem}', { field: numbered, problem: issue.message });
}

/** Why the gateway refuses a request, or an item of a batch. */
export function refusalInWords(
  { code, message, issues = [] }: { code: string; message: string; issues?: readonly Issue[] | undefined },
  words: Words,
): string {
  // The gateway's own sentence names the calls by which a program signs in.
  if (code === 'NOT_AUTHORIZED') return words.t('This account is not signed in.');
  if (code !== 'VALIDATION' || issues.length === 0) return message;
  return issues.map((issue) => issueInWords(issue, words)).join('; ');
}
