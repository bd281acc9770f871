import type { ComponentChildren } from 'preact';
import type { CheckedBatch } from '../../lib/batch/batch.ts';
import { useWords } from '../../lib/words.ts';
import { Notice } from '../notice.tsx';

const SHOWN_MESSAGES = 5;
const SHOWN_PROBLEMS = 10;

interface BatchTableProps {
  checked: CheckedBatch;
  /** What else is known about the messages. */
  children: ComponentChildren;
}

/** What would be sent: the first messages, and the rows that would not. */
export function BatchTable({ checked: { lines, problems, accounts, repeated }, children }: BatchTableProps) {
  const { t, say, moment, number } = useWords();
  const shown = lines.slice(0, SHOWN_MESSAGES);
  const columns = [t('Line'), t('From account'), t('To'), t('Message'), t('Not before')];
  const [line, account, recipient, words, time] = columns;
  return (
    <section class="card" aria-labelledby="batch-check">
      <h2 id="batch-check">{t('Check before sending')}</h2>
      <p role="status">
        {t(
          '{count, plural, one {# message} other {# messages}} from {accounts, plural, one {# account} other {# accounts}}.',
          {
            count: lines.length,
            accounts,
          },
        )}{' '}
        {repeated > 0 &&
          t('{count, plural, one {# message repeats} other {# messages repeat}} an earlier one.', {
            count: repeated,
          })}
      </p>
      {shown.length > 0 && (
        <div class="scroll" tabIndex={0} role="region" aria-label={t('The first messages')}>
          <table class="batch">
            <thead>
              <tr>
                {columns.map((name) => (
                  <th key={name} scope="col">
                    {name}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {shown.map(({ line: at, message }) => (
                <tr key={at}>
                  <th scope="row" data-label={line}>
                    {number(at)}
                  </th>
                  <td data-label={account}>{message.user_id}</td>
                  <td data-label={recipient}>{message.recipient_id}</td>
                  <td data-label={words} class="batch-text">
                    <div>{message.text}</div>
                  </td>
                  {typeof message.send_at === 'string' ? (
                    <td data-label={time}>{moment(message.send_at)}</td>
                  ) : (
                    <td />
                  )}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {problems.length > 0 && (
        <Notice tone="wait">
          {t('{count, plural, one {# row is} other {# rows are}} left out:', { count: problems.length })}
          <ul class="tries">
            {problems.slice(0, SHOWN_PROBLEMS).map(({ line, problem }) => (
              <li key={line}>{t('line {line}: {problem}', { line: number(line), problem: say(problem) })}</li>
            ))}
            {problems.length > SHOWN_PROBLEMS && <li>…</li>}
          </ul>
        </Notice>
      )}
      {children}
    </section>
  );
}
