import { useRef, useState } from 'preact/hooks';
import { Link } from 'wouter-preact';
import { guessColumns, TEMPLATE_COLUMNS, type ColumnChoice } from '../lib/batch/batch.ts';
import { readTable, type Table } from '../lib/batch/table.ts';
import { saveFile } from '../lib/browser/save-file.ts';
import { csvOf } from '../lib/csv.ts';
import { useGateway } from '../lib/gateway.ts';
import { useAction, usePolled, useTitle } from '../lib/hooks.ts';
import { useWords } from '../lib/words.ts';
import { BatchColumns } from '../parts/batch/batch-columns.tsx';
import { CheckedFile } from '../parts/batch/checked-file.tsx';
import { ErrorNotice } from '../parts/notice.tsx';

const ACCOUNTS_EVERY_MS = 60_000;

/** A file that was chosen. */
interface ChosenFile {
  name: string;
  table: Table;
  /** Tells the file from others, as far as a browser does. */
  identity: readonly unknown[];
}

/** Sends the messages of a table: chooses the columns, shows what would be sent, and sends it. */
export function BatchPage() {
  const { t } = useWords();
  useTitle(t('Send from a file'));
  const { client } = useGateway();
  const [file, setFile] = useState<ChosenFile | null>(null);
  const [choice, setChoice] = useState<ColumnChoice | null>(null);
  const input = useRef<HTMLInputElement>(null);
  const { value: accounts, error } = usePolled(
    (signal) => client.accounts.list({ limit: 1, signal }),
    ACCOUNTS_EVERY_MS,
    [client],
  );
  const open = useAction(async (chosen: File) => {
    setFile(null);
    const table = readTable(await chosen.text());
    const { name, size, lastModified } = chosen;
    setFile({ name, table, identity: [name, size, lastModified] });
    setChoice(guessColumns(table));
  });
  const identity = JSON.stringify([file?.identity, choice]);
  return (
    <>
      <div class="headline">
        <div>
          <h1>{t('Send from a file')}</h1>
          <p class="sub">
            {t(
              'A CSV file with a message in each row, as spreadsheets save it. You see what would be sent first.',
            )}
          </p>
        </div>
      </div>
      <div class="buttons">
        <input
          ref={input}
          type="file"
          hidden
          accept=".csv,.tsv,.txt,text/csv"
          aria-label={t('CSV file')}
          onChange={({ currentTarget }) => {
            const [chosen] = currentTarget.files ?? [];
            if (chosen !== undefined) void open.run(chosen);
            currentTarget.value = '';
          }}
        />
        <button type="button" class="primary" onClick={() => input.current?.click()}>
          {t('Choose a file')}
        </button>
        <button type="button" onClick={() => saveFile(csvOf([TEMPLATE_COLUMNS, EXAMPLE]), 'template.csv')}>
          {t('Download a template')}
        </button>
        {file !== null && <span class="sub">{file.name}</span>}
      </div>
      <ErrorNotice error={open.error ?? error} />
      {accounts?.total === 0 && (
        <p class="empty">
          <Link href="/sign-in">{t('Sign in an account first.')}</Link>
        </p>
      )}
      {file !== null && choice !== null && (
        <>
          <BatchColumns table={file.table} choice={choice} onChoose={setChoice} />
          <CheckedFile key={identity} identity={identity} table={file.table} choice={choice} />
        </>
      )}
    </>
  );
}

const EXAMPLE = ['alice', '@username', 'Hello!', ''];
