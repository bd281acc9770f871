import type { AccountSummary } from '@gateway/client';
import { stateOf } from '../lib/account-words.ts';

export function StateBadge({ account }: { account: Pick<AccountSummary, 'state' | 'reason'> }) {
  const { label, tone } = stateOf(account);
  return <span class={`badge ${tone}`}>{label}</span>;
}
