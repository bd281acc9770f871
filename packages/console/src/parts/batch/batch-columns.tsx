import type { ColumnChoice } from '../../lib/batch/batch.ts';
import type { Table } from '../../lib/batch/table.ts';
import { useWords } from '../../lib/words.ts';
import { Choice } from '../choice.tsx';

interface BatchColumnsProps {
  table: Table;
  choice: ColumnChoice;
  accounts: readonly string[];
  onChoose: (choice: ColumnChoice) => void;
}

/** Chooses which column is which field. */
export function BatchColumns({ table, choice, accounts, onChoose }: BatchColumnsProps) {
  const { t } = useWords();
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
          value={fixedAccount === null ? String(account ?? '') : `@${fixedAccount}`}
          options={[none, ...columns, ...accounts.map((name) => ({ value: `@${name}`, label: name }))]}
          onChoose={(value) =>
            onChoose({
              ...choice,
              fixedAccount: value.startsWith('@') ? value.slice(1) : null,
              account: value === '' || value.startsWith('@') ? null : Number(value),
            })
          }
        />
        {column(t('To'), 'recipient')}
        {column(t('Message'), 'text')}
        {column(t('Not before'), 'sendAt')}
      </div>
    </section>
  );
}
