import type { AccountSummary } from '@gateway/client';
import { stateOf } from '../lib/accounts/account-words.ts';
import { useWords } from '../lib/words.ts';

export function StateBadge({ account }: { account: Pick<AccountSummary, 'state' | 'reason'> }) {
  const { say } = useWords();
  const { label, tone } = stateOf(account);
  return <span class={`badge ${tone}`}>{say(label)}</span>;
}
