import { useState } from 'preact/hooks';
import type { ColumnChoice } from '../../lib/batch/batch.ts';
import type { Table } from '../../lib/batch/table.ts';
import { useWords } from '../../lib/words.ts';
import { AccountField } from '../account-field.tsx';
import { Choice } from '../choice.tsx';

interface BatchColumnsProps {
  table: Table;
  choice: ColumnChoice;
  onChoose: (choice: ColumnChoice) => void;
}

/** The value of the choice that takes all messages from one account. */
const ONE = 'one';

/** Chooses which column is which field. */
export function BatchColumns({ table, choice, onChoose }: BatchColumnsProps) {
  const { t } = useWords();
  const [typed, setTyped] = useState(choice.fixedAccount ?? '');
  const columns = table.columns.map((name, index) => ({
    value: String(index),
    label: t('Column {name}', { name: name === '' ? index + 1 : name }),
  }));
  const none = { value: '', label: '–' };
  const column = (label: string, field: 'recipient' | 'text' | 'sendAt') => (
    <Choice
      label={label}
      value={String(choice[field] ?? '')}
      options={[none, ...columns]}
      onChoose={(value) => onChoose({ ...choice, [field]: value === '' ? null : Number(value) })}
    />
  );
  const { fixedAccount, account } = choice;
  return (
    <section class="card" aria-labelledby="batch-columns">
      <h2 id="batch-columns">{t('Columns')}</h2>
      <div class="options">
        <Choice
          label={t('From account')}
          value={fixedAccount === null ? String(account ?? '') : ONE}
          options={[none, ...columns, { value: ONE, label: t('One account for all') }]}
          onChoose={(value) =>
            onChoose({
              ...choice,
              fixedAccount: value === ONE ? typed.trim() : null,
              account: value === '' || value === ONE ? null : Number(value),
            })
          }
        />
        {fixedAccount !== null && (
          <AccountField
            label={t('Account')}
            value={typed}
            onText={setTyped}
            // Not at each key: the whole file is checked again.
            onChosen={() => onChoose({ ...choice, fixedAccount: typed.trim() })}
          />
        )}
        {column(t('To'), 'recipient')}
        {column(t('Message'), 'text')}
        {column(t('Not before'), 'sendAt')}
      </div>
    </section>
  );
}
