import { useMemo } from 'preact/hooks';
import { useGatewayCheck } from '../../lib/batch/batch-check.ts';
import { checkBatch, type ColumnChoice } from '../../lib/batch/batch.ts';
import type { Table } from '../../lib/batch/table.ts';
import { useWords } from '../../lib/words.ts';
import { ErrorNotice } from '../notice.tsx';
import { BatchCheck } from './batch-check.tsx';
import { BatchSend } from './batch-send.tsx';
import { BatchTable } from './batch-table.tsx';

interface CheckedFileProps {
  /** Names the file and the choice of columns. */
  identity: string;
  table: Table;
  choice: ColumnChoice;
}

/** The messages of a file with what the gateway says about them, and the button that sends them. */
export function CheckedFile({ identity, table, choice }: CheckedFileProps) {
  const { t } = useWords();
  const checked = useMemo(() => checkBatch(table, choice), [table, choice]);
  const { lines } = checked;
  const { check, error, again } = useGatewayCheck(identity, lines);
  const isChecked = check.checked === lines.length;
  return (
    <>
      <BatchTable checked={checked}>
        <ErrorNotice error={error} />
        {error === null ? (
          <BatchCheck check={check} all={lines.length} />
        ) : (
          <button type="button" class="small" onClick={again}>
            {t('Check again')}
          </button>
        )}
      </BatchTable>
      <BatchSend
        identity={identity}
        lines={lines}
        acceptable={isChecked ? lines.length - check.refused.length - check.before : null}
        before={check.before}
      />
    </>
  );
}
