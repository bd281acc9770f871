import type { SendSummary } from '@gateway/client';
import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { useGateway } from '../lib/gateway.ts';
import { useAction } from '../lib/hooks.ts';
import { aimInWords, stateInWords } from '../lib/messages/send-words.ts';
import { useWords } from '../lib/words.ts';
import { EditMessage } from './edit-message.tsx';
import { ErrorNotice } from './notice.tsx';
import { Why } from './why.tsx';

interface SendListProps {
  pending: readonly SendSummary[];
  ended: readonly SendSummary[];
  now: number;
}

/** An account's messages: pending ones in the order of sending, then those that ended. */
export function SendList({ pending, ended, now }: SendListProps) {
  const { t } = useWords();
  return (
    <section class="card" aria-labelledby="messages">
      <h2 id="messages">{t('Messages')}</h2>
      {pending.length + ended.length === 0 && (
        <p class="empty">{t('Nothing has been sent from here yet.')}</p>
      )}
      <ul class="sends">
        {[...pending, ...ended].map((send) => (
          <Send key={send.job_id} send={send} now={now} />
        ))}
      </ul>
    </section>
  );
}

interface SendProps {
  send: SendSummary;
  now: number;
  /** The account, where the list has several. */
  of?: ComponentChildren;
}

/** A message with its state, and what can be done with it. */
export function Send({ send, now, of }: SendProps) {
  const { client } = useGateway();
  const { t, say, clock } = useWords();
  const cancel = useAction(async () => void (await client.cancel(send.job_id)));
  const retry = useAction(async () => void (await client.retry(send.job_id)));
  const [editing, setEditing] = useState(false);
  const { label, tone } = stateInWords(send);
  const editable = editableOf(send);
  const isPending = send.finished_at === null;
  return (
    <li class="send" data-job={send.job_id} data-state={send.state}>
      <div class="send-head">
        <span class={`badge ${tone}`}>{say(label)}</span>
        <span class="to">
          {of} {say(aimInWords(send))}
        </span>
        <time dateTime={send.finished_at ?? send.created_at} class="sub">
          {clock(send.finished_at ?? send.created_at, now)}
        </time>
      </div>
      {editing && editable !== null ? (
        <EditMessage
          {...editable}
          userId={send.user_id}
          recipient={send.recipient_id}
          onDone={() => setEditing(false)}
        />
      ) : (
        <p class="send-text">{send.preview}</p>
      )}
      <Why send={send} now={now} />
      <div class="send-foot">
        <code class="job-id" title={t('Id of the job')}>
          {send.job_id}
        </code>
        {send.parts > 1 && (
          <span class="sub">
            {t('{count, plural, one {# message} other {# messages}}', { count: send.parts })}
          </span>
        )}
        {send.read_at !== null && (
          <span class="sub">{t('read {time}', { time: clock(send.read_at, now) })}</span>
        )}
        {isPending && (
          <button type="button" class="small" disabled={cancel.busy} onClick={() => void cancel.run()}>
            {t('Cancel')}
          </button>
        )}
        {editable !== null && !editing && (
          <button type="button" class="small" onClick={() => setEditing(true)}>
            {t('Edit')}
          </button>
        )}
        {send.can_retry && (
          <button type="button" class="small" disabled={retry.busy} onClick={() => void retry.run()}>
            {t('Try again')}
          </button>
        )}
      </div>
      <ErrorNotice error={cancel.error ?? retry.error} />
    </li>
  );
}

/** Previews of messages that have a file and no text, or neither. */
const NO_TEXT = /^\[\w+\]$/;
const NO_EDIT = /^\[(location|contact|poll)\]$/;

/** The message to edit; `null` if the list does not show the whole text of exactly one message, or its file. */
function editableOf({ type, state, parts, preview, result }: SendSummary) {
  const messageId = result?.['message_id'];
  const hasFile = result?.['media'] !== undefined;
  const hasText = !(hasFile && NO_TEXT.test(preview));
  const isWhole = parts === 1 && !preview.endsWith('…') && !NO_EDIT.test(preview);
  return type === 'send' && state === 'completed' && isWhole && typeof messageId === 'number'
    ? { messageId, text: hasText ? preview : '', hasFile }
    : null;
}
