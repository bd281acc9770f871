import type { AccountSort, AccountState } from '@gateway/client';
import { ACCOUNT_STATES, stateOf } from '../../lib/accounts/account-words.ts';
import { SORTS, type AccountsView, type Show } from '../../lib/accounts/accounts-query.ts';
import { useGateway } from '../../lib/gateway.ts';
import { usePolled } from '../../lib/hooks.ts';
import { useWords } from '../../lib/words.ts';
import { SearchField } from '../search-field.tsx';

const COUNTS_EVERY_MS = 10_000;

interface AccountFiltersProps {
  view: AccountsView;
  onChange: (changed: Partial<AccountsView>) => void;
  /** Accounts that match. */
  total: number;
}

/** Search, filters and counts above the list of accounts. */
export function AccountFilters({ view, onChange, total }: AccountFiltersProps) {
  const { client } = useGateway();
  const { t, say, number } = useWords();
  const { value: counts } = usePolled(
    async (signal): Promise<Record<Show, number>> => {
      const count = async (filter: object) =>
        (await client.accounts.list({ ...filter, limit: 1, signal })).total;
      const [all, attention, waiting] = await Promise.all([
        count({}),
        count({ needs_attention: true }),
        count({ has_waiting: true }),
      ]);
      return { all, attention, waiting };
    },
    COUNTS_EVERY_MS,
    [client],
  );
  const chips: [Show, string][] = [
    ['all', t('All')],
    ['attention', t('Needs a person')],
    ['waiting', t('With messages waiting')],
  ];
  return (
    <div class="tools">
      <SearchField
        label={t('Find an account')}
        placeholder={t('Name, username or phone')}
        value={view.q}
        onSearch={(q) => onChange({ q })}
      />
      <div class="chips" role="group" aria-label={t('Show')}>
        {chips.map(([show, label]) => (
          <button
            key={show}
            type="button"
            class="chip"
            aria-pressed={view.show === show}
            onClick={() => onChange({ show })}
          >
            {label}
            {counts !== null && <span class="chip-count">{number(counts[show])}</span>}
          </button>
        ))}
      </div>
      <div class="selects">
        <select
          aria-label={t('State')}
          class="narrow-select"
          value={view.state ?? ''}
          onChange={({ currentTarget }) =>
            onChange({ state: currentTarget.value === '' ? null : (currentTarget.value as AccountState) })
          }
        >
          <option value="">{t('Any state')}</option>
          {ACCOUNT_STATES.map((state) => (
            <option key={state} value={state}>
              {say(stateOf({ state }).label)}
            </option>
          ))}
        </select>
        <select
          aria-label={t('Sort')}
          class="narrow-select"
          value={view.sort}
          onChange={({ currentTarget }) => onChange({ sort: currentTarget.value as AccountSort })}
        >
          {Object.entries(SORTS).map(([sort, label]) => (
            <option key={sort} value={sort}>
              {say(label)}
            </option>
          ))}
        </select>
      </div>
      <span class="count">{t('{count, plural, one {# account} other {# accounts}}', { count: total })}</span>
    </div>
  );
}
