import { useState } from 'preact/hooks';
import { Link } from 'wouter-preact';
import type { CheckedBatch } from '../../lib/batch/batch.ts';
import { useBatchSending, type BatchProgress } from '../../lib/batch/send-batch.ts';
import { saveFile } from '../../lib/browser/save-file.ts';
import { csvOf } from '../../lib/csv.ts';
import { useWords } from '../../lib/words.ts';
import { ConfirmDialog } from '../confirm-dialog.tsx';
import { ErrorNotice, Notice } from '../notice.tsx';

const SHOWN_REFUSALS = 10;

interface BatchSendProps {
  /** Names the file and the choice of columns. */
  identity: string;
  checked: CheckedBatch;
}

/** Sends what was checked, and shows what became of it. */
export function BatchSend({ identity, checked }: BatchSendProps) {
  const { t } = useWords();
  const [asks, setAsks] = useState(false);
  const { progress, isRunning, error, run, stop } = useBatchSending(identity);
  // What was checked when sending began: an account that signs out meanwhile must not shift the rest.
  const [lines, setLines] = useState(checked.lines);
  const isDone = progress !== null && progress.handled === lines.length;
  const count = checked.lines.length;
  return (
    <>
      {progress === null && (
        <div class="buttons">
          <button type="button" class="primary" disabled={count === 0} onClick={() => setAsks(true)}>
            {t('Send {count, plural, one {# message} other {# messages}}', { count })}
          </button>
          <span class="said">{t('Nothing has been sent yet.')}</span>
        </div>
      )}
      {progress !== null && <Progress progress={progress} all={lines.length} />}
      {progress !== null && !isDone && (
        <div class="buttons">
          {isRunning ? (
            <button type="button" onClick={stop}>
              {t('Stop')}
            </button>
          ) : (
            <button type="button" class="primary" onClick={() => void run(lines)}>
              {t('Send the rest')}
            </button>
          )}
        </div>
      )}
      <ErrorNotice error={error} />
      {asks && (
        <ConfirmDialog
          title={t('Send {count, plural, one {# message} other {# messages}}?', { count })}
          confirm={t('Send')}
          onConfirm={async () => {
            setLines(checked.lines);
            void run(checked.lines);
          }}
          onClose={() => setAsks(false)}
        >
          <p>{t('They join the queues of their accounts, and go out at the pace of each.')}</p>
        </ConfirmDialog>
      )}
    </>
  );
}

function Progress({
  progress: { handled, accepted, refused },
  all,
}: {
  progress: BatchProgress;
  all: number;
}) {
  const { t, number } = useWords();
  return (
    <section class="card" aria-labelledby="batch-progress">
      <h2 id="batch-progress">{t('Sending')}</h2>
      <div class="buttons">
        <progress max={all} value={handled} aria-labelledby="batch-progress" />
        <span>{t('{done, number} of {all, number}', { done: handled, all })}</span>
      </div>
      <p role="status">
        {t('In the queue: {count, plural, one {# message} other {# messages}}.', { count: accepted })}{' '}
        <Link href="/">{t('Accounts')}</Link>
      </p>
      {refused.length > 0 && (
        <Notice tone="bad">
          {t('Refused: {count, plural, one {# message} other {# messages}}.', { count: refused.length })}
          <ul class="tries">
            {refused.slice(0, SHOWN_REFUSALS).map(({ line, reason }) => (
              <li key={line}>{t('line {line}: {problem}', { line: number(line), problem: reason })}</li>
            ))}
          </ul>
          <button
            type="button"
            class="small"
            onClick={() =>
              saveFile(
                csvOf([['line', 'reason'], ...refused.map((each) => [each.line, each.reason])]),
                'refused.csv',
              )
            }
          >
            {t('Export as CSV')}
          </button>
        </Notice>
      )}
    </section>
  );
}
