import type { SendSummary } from '@gateway/client';
import { reasonInWords } from '../lib/accounts/account-words.ts';
import { countdown } from '../lib/format.ts';
import { useWords } from '../lib/words.ts';

/** Why the message waits and until when, or why it failed. */
export function Why({ send, now }: { send: SendSummary; now: number }) {
  const { t, say, moment } = useWords();
  const { error, reason, retry_at: retryAt } = send;
  if (error !== null)
    return (
      <p class="why bad">
        {error.message} <code class="code">{error.rpc_error ?? error.code}</code>
      </p>
    );
  if (reason === null) return null;
  const left = retryAt === null ? 0 : Date.parse(retryAt) - now;
  return (
    <p class="why wait">
      {say(reasonInWords(reason))}
      {retryAt !== null && left > 0 && (
        <>
          {' '}
          {reason === 'SEND_AT' && (
            <time dateTime={retryAt}>{t('for {time}', { time: moment(retryAt) })}</time>
          )}
          {' · '}
          <time role="timer">{countdown(left)}</time>
        </>
      )}
    </p>
  );
}
