import type { Delivery } from '@gateway/client';
import { useGateway } from '../../lib/gateway.ts';
import { useAction } from '../../lib/hooks.ts';
import { useWords } from '../../lib/words.ts';
import { DELIVERY_STATES } from '../../texts/webhooks.ts';
import { ErrorNotice } from '../notice.tsx';

interface DeliveryItemProps {
  delivery: Delivery;
  now: number;
  onReplayed: () => void;
}

/** A delivery with its tries. */
export function DeliveryItem({ delivery, now, onReplayed }: DeliveryItemProps) {
  const { id, type, job_id, url, state, attempts, created_at, next_attempt_at } = delivery;
  const { client } = useGateway();
  const { t, say, clock, number } = useWords();
  const replay = useAction(async () => {
    await client.webhooks.replay(id);
    onReplayed();
  });
  const { label, tone } = DELIVERY_STATES[state];
  return (
    <li class="send" data-delivery={id} data-state={state}>
      <div class="send-head">
        <span class={`badge ${tone}`}>{say(label)}</span>
        <span class="to">{url}</span>
        <time class="sub" dateTime={created_at}>
          {clock(created_at, now)}
        </time>
      </div>
      <p class="sub">
        {[
          type === 'job' ? t('Job') : t('State of the account'),
          t('{count, plural, one {# try} other {# tries}}', { count: attempts.length }),
          ...(next_attempt_at === null ? [] : [t('next try {time}', { time: clock(next_attempt_at, now) })]),
        ].join(' · ')}
      </p>
      {attempts.length > 0 && (
        <ul class="tries">
          {attempts.map((attempt) => (
            <li key={attempt.at}>
              <time dateTime={attempt.at}>{clock(attempt.at, now)}</time> {attempt.status ?? t('no answer')},{' '}
              {t('{ms} ms', { ms: number(attempt.ms) })}
              {attempt.error !== null && `: ${attempt.error}`}
            </li>
          ))}
        </ul>
      )}
      <div class="send-foot">
        <code class="job-id">{job_id ?? id}</code>
        <button type="button" class="small" disabled={replay.busy} onClick={() => void replay.run()}>
          {t('Post it again')}
        </button>
      </div>
      <ErrorNotice error={replay.error} />
    </li>
  );
}
