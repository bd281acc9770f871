import type { RefusedLine } from '../../lib/batch/batch.ts';
import { saveFile } from '../../lib/browser/save-file.ts';
import { csvOf } from '../../lib/csv.ts';
import { useWords, type Words } from '../../lib/words.ts';
import { refusalInWords } from '../../texts/issues.ts';
import { Notice } from '../notice.tsx';

const SHOWN = 10;

/** The same in each language, because programs read the file. */
const CSV_FIELDS = ['line', 'account', 'to', 'reason'];

/** The first messages that the gateway refuses, with the reasons; all of them as a file. */
export function Refused({ title, refused }: { title: string; refused: readonly RefusedLine[] }) {
  const words = useWords();
  const { t, number } = words;
  return (
    <Notice tone="bad">
      {title}
      <ul class="tries">
        {refused.slice(0, SHOWN).map((each) => (
          <li key={each.line}>
            {t('line {line}: {problem}', { line: number(each.line), problem: problemOf(each, words) })}
          </li>
        ))}
        {refused.length > SHOWN && <li>…</li>}
      </ul>
      <button
        type="button"
        class="small"
        onClick={() =>
          saveFile(csvOf([CSV_FIELDS, ...refused.map((each) => rowOf(each, words))]), 'refused.csv')
        }
      >
        {t('Export as CSV')}
      </button>
    </Notice>
  );
}

function problemOf({ message, error }: RefusedLine, words: Words): string {
  const reason = refusalInWords(error, words);
  // What is wrong with a field is wrong with the row, anything else with the account.
  return error.code === 'VALIDATION' ? reason : `${message.user_id}: ${reason}`;
}

function rowOf({ line, message, error }: RefusedLine, words: Words) {
  return [line, message.user_id, String(message.recipient_id), refusalInWords(error, words)];
}
