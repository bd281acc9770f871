import type { AccountSummary } from '@gateway/client';

/** How many messages the account may send at once now. */
export function PaceBudget({ account: { pace } }: { account: AccountSummary }) {
  if (pace === undefined) return <span class="sub">–</span>;
  if (pace.mode === 'off') return <span class="sub">off</span>;
  return (
    <span class="budget">
      <meter
        min={0}
        max={pace.rules.burst}
        value={pace.remaining}
        aria-label="Messages that can be sent at once"
      />
      <span>
        {pace.remaining} of {pace.rules.burst}
      </span>
    </span>
  );
}
