import type { SendSummary } from '@gateway/client';
import { useGateway } from '../../lib/gateway.ts';
import { useAction } from '../../lib/hooks.ts';
import { stateInWords } from '../../lib/messages/send-words.ts';
import { useWords } from '../../lib/words.ts';
import { ErrorNotice } from '../notice.tsx';
import { Why } from '../why.tsx';

interface OwnSendProps {
  send: SendSummary;
  now: number;
  /** Called after it was cancelled, or is tried again. */
  onChanged: () => void;
}

/** A send to the chat that Telegram does not list: it waits, or it failed. */
export function OwnSend({ send, now, onChanged }: OwnSendProps) {
  const { client } = useGateway();
  const { t, say } = useWords();
  const act = useAction(async () => {
    await (send.finished_at === null ? client.cancel(send.job_id) : client.retry(send.job_id));
    onChanged();
  });
  const { label, tone } = stateInWords(send);
  const isPending = send.finished_at === null;
  return (
    <li class="message out" data-job={send.job_id} data-state={send.state}>
      <div class="bubble waiting">{send.preview}</div>
      <div class="message-foot">
        <span class={`badge ${tone}`}>{say(label)}</span>
        {(isPending || send.can_retry) && (
          <button type="button" class="link" disabled={act.busy} onClick={() => void act.run()}>
            {isPending ? t('Cancel') : t('Try again')}
          </button>
        )}
      </div>
      <Why send={send} now={now} />
      <ErrorNotice error={act.error} />
    </li>
  );
}
