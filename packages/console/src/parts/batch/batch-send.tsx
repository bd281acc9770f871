import { useState } from 'preact/hooks';
import { Link } from 'wouter-preact';
import type { BatchLine } from '../../lib/batch/batch.ts';
import { useBatchSending, type BatchProgress } from '../../lib/batch/send-batch.ts';
import { useWords } from '../../lib/words.ts';
import { ConfirmDialog } from '../confirm-dialog.tsx';
import { ErrorNotice } from '../notice.tsx';
import { Refused } from './refused.tsx';

interface BatchSendProps {
  /** Names the file and the choice of columns. */
  identity: string;
  /** All messages of the file. Those to be refused keep their places, by which a repeat finds the rest. */
  lines: readonly BatchLine[];
  /** How many of them the gateway would accept; `null`: it is not known yet. */
  acceptable: number | null;
  /** How many were accepted before. */
  before: number;
}

/** Sends the messages of a file, and shows what became of them. */
export function BatchSend({ identity, lines, acceptable, before }: BatchSendProps) {
  const { t } = useWords();
  const [asks, setAsks] = useState(false);
  const { progress, isRunning, error, run, stop } = useBatchSending(identity);
  const isDone = progress !== null && progress.handled === lines.length;
  const count = acceptable ?? lines.length;
  return (
    <>
      {progress === null && (
        <div class="buttons">
          <button
            type="button"
            class="primary"
            disabled={acceptable === null || count === 0}
            onClick={() => setAsks(true)}
          >
            {t('Send {count, plural, one {# message} other {# messages}}', { count })}
          </button>
          {before === 0 && <span class="said">{t('Nothing has been sent yet.')}</span>}
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
          keep={t('Do not send')}
          onConfirm={async () => void run(lines)}
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
  const { t } = useWords();
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
        <Refused
          title={t('Refused: {count, plural, one {# message} other {# messages}}.', {
            count: refused.length,
          })}
          refused={refused}
        />
      )}
    </section>
  );
}
