import type { AccountSummary } from '@gateway/client';
import { reasonInWords } from '../lib/accounts/account-words.ts';
import { countdown } from '../lib/format.ts';
import { useWords } from '../lib/words.ts';

/** Why an account's sends are held and for how much longer; nothing if they are not. */
export function Hold({ account, now }: { account: AccountSummary; now: number }) {
  const { say } = useWords();
  const { held } = account;
  if (held === undefined) return null;
  const left = Date.parse(held.until) - now;
  if (left <= 0) return null;
  return (
    <span class="hold">
      <time role="timer" dateTime={held.until} class="timer">
        {countdown(left)}
      </time>
      <span>{say(reasonInWords(held.reason))}</span>
    </span>
  );
}
