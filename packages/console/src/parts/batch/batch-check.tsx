import { reasonInWords } from '../../lib/accounts/account-words.ts';
import type { GatewayCheck } from '../../lib/batch/batch-check.ts';
import { useWords } from '../../lib/words.ts';
import { Notice } from '../notice.tsx';
import { Refused } from './refused.tsx';

/** What the gateway would do with the messages of a file. */
export function BatchCheck({ check, all }: { check: GatewayCheck; all: number }) {
  const { t, say } = useWords();
  const { checked, parts, refused, before, held } = check;
  if (checked < all)
    return (
      <div class="buttons">
        <progress max={all} value={checked} aria-label={t('The gateway checks the messages')} />
        <span>
          {t('The gateway checks the messages')}:{' '}
          {t('{done, number} of {all, number}', { done: checked, all })}
        </span>
      </div>
    );
  const accepted = all - refused.length - before;
  return (
    <>
      {accepted > 0 && (
        <p role="status">
          {t('The gateway would accept {count, plural, one {# message} other {# messages}}.', {
            count: accepted,
          })}{' '}
          {parts > accepted &&
            t('Long texts are split, so {count, plural, one {# message goes} other {# messages go}} out.', {
              count: parts,
            })}
        </p>
      )}
      {before > 0 && (
        <p role="status">
          {t(
            '{count, plural, one {# message was} other {# messages were}} accepted before, and will not be sent again.',
            { count: before },
          )}
        </p>
      )}
      {held.size > 0 && (
        <Notice tone="wait">
          {t('Some would wait:')}
          <ul class="tries">
            {[...held].map(([reason, count]) => (
              <li key={reason}>
                {say(reasonInWords(reason))}:{' '}
                {t('{count, plural, one {# message} other {# messages}}', { count })}
              </li>
            ))}
          </ul>
        </Notice>
      )}
      {refused.length > 0 && (
        <Refused
          title={t('The gateway would refuse {count, plural, one {# message} other {# messages}}:', {
            count: refused.length,
          })}
          refused={refused}
        />
      )}
    </>
  );
}
