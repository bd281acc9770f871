import type { Words } from '../words.ts';

/** Accounts that are named; there may be thousands. */
const NAMED = 5;

/** The first of the accounts by their names, and how many others there are. */
export function accountsInWords(userIds: readonly string[], { t }: Pick<Words, 't'>): string {
  const named = userIds.slice(0, NAMED).join(', ');
  const others = userIds.length - NAMED;
  return others > 0
    ? `${named} ${t('and {count, plural, one {# other} other {# others}}', { count: others })}`
    : named;
}
