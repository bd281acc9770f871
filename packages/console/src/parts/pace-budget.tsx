import type { AccountSummary } from '@gateway/client';
import { useWords } from '../lib/words.ts';

/** How many messages the account may send at once now. */
export function PaceBudget({ account: { pace } }: { account: AccountSummary }) {
  const { t, number } = useWords();
  if (pace === undefined) return <span class="sub">–</span>;
  if (pace.mode === 'off') return <span class="sub">{t('off')}</span>;
  return (
    <span class="budget">
      <meter
        min={0}
        max={pace.rules.burst}
        value={pace.remaining}
        aria-label={t('Messages that can be sent at once')}
      />
      <span>{t('{count} of {all}', { count: number(pace.remaining), all: number(pace.rules.burst) })}</span>
    </span>
  );
}
