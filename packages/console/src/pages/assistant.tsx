import type { TelegramProgress } from '@gateway/client';
import { text } from '@gateway/texts';
import { useMemo, useRef, useState } from 'preact/hooks';
import { reasonInWords, type StateWords } from '../lib/accounts/account-words.ts';
import { useGateway } from '../lib/gateway.ts';
import { useAction, usePolled, useTitle } from '../lib/hooks.ts';
import { SEND_STATES } from '../lib/messages/send-words.ts';
import { UnsentMessages } from '../lib/messages/unsent.ts';
import { useWords } from '../lib/words.ts';
import { AccountField } from '../parts/account-field.tsx';
import { Field } from '../parts/field.tsx';
import { ErrorNotice, Notice } from '../parts/notice.tsx';

/** A page to try `/message_stream`: the assistant writes a reply, which is then sent. */
export function AssistantPage() {
  const { t } = useWords();
  useTitle(t('Assistant'));
  const { client, config } = useGateway();
  const { value: accounts } = usePolled((signal) => client.accounts.list({ limit: 1, signal }), 30_000, [
    client,
  ]);
  const [userId, setUserId] = useState<string | null>(null);
  const [recipient, setRecipient] = useState('me');
  const [prompt, setPrompt] = useState('');
  const [own, setOwn] = useState(!config.assistant);
  const [sends, setSends] = useState(true);
  const [reply, setReply] = useState('');
  const [isCut, setIsCut] = useState(false);
  const [progress, setProgress] = useState<TelegramProgress | null>(null);
  const abort = useRef<AbortController>();
  const unsent = useMemo(() => new UnsentMessages<object>('assistant'), []);
  // Of several accounts, none is the obvious one to send from.
  const [only] = accounts?.total === 1 ? accounts.accounts : [];
  const account = (userId ?? only?.user_id ?? '').trim();
  const { run, busy, error } = useAction(async () => {
    setReply('');
    setIsCut(false);
    setProgress(null);
    const { signal } = (abort.current = new AbortController());
    const request = {
      user_id: account,
      messages: [{ role: own ? 'assistant' : 'user', content: prompt }],
      send_to_telegram: sends,
      send_as_user: true,
      ...(sends && { recipient_id: recipient.trim() }),
    };
    try {
      await unsent.deliver(request, async (idempotencyKey) => {
        for await (const { event, data } of client.streamMessage(request, { signal, idempotencyKey })) {
          if (event === 'delta') setReply((before) => before + data.text);
          if (event === 'message') {
            setReply(data.content);
            setIsCut((data.finish_reason ?? 'stop') !== 'stop');
          }
          if (event === 'telegram') setProgress(data);
          if (event === 'error') throw new Error(`${data.message} (${data.code})`);
        }
      });
    } catch (thrown) {
      if (signal.aborted) return;
      throw thrown;
    }
  });
  return (
    <>
      <h1>{t('Assistant')}</h1>
      {!config.assistant && (
        <Notice tone="info">
          {t(
            'No assistant is set up (ASSISTANT_BASE_URL, ASSISTANT_MODEL). You can still send a reply that you write yourself.',
          )}
        </Notice>
      )}
      <form
        class="card"
        onSubmit={(event) => {
          event.preventDefault();
          void run();
        }}
      >
        <div class="options">
          <AccountField label={t('From account')} value={account} onText={setUserId} />
          <Field
            label={t('To')}
            value={recipient}
            onText={setRecipient}
            disabled={!sends}
            autocomplete="off"
          />
        </div>
        <div class="field">
          <label for="assistant-prompt">
            {own ? t('The reply, as the assistant wrote it') : t('Your question to the assistant')}
          </label>
          <textarea
            id="assistant-prompt"
            rows={4}
            required
            value={prompt}
            onInput={({ currentTarget }) => setPrompt(currentTarget.value)}
          />
        </div>
        <div class="options">
          <label class="check">
            <input type="checkbox" checked={sends} onChange={(e) => setSends(e.currentTarget.checked)} />
            {t('Send the reply')}
          </label>
          {config.assistant && (
            <label class="check">
              <input type="checkbox" checked={own} onChange={(e) => setOwn(e.currentTarget.checked)} />
              {t('The text is already the reply')}
            </label>
          )}
        </div>
        <div class="buttons">
          <button type="submit" class="primary" disabled={busy || account === '' || prompt.trim() === ''}>
            {own ? t('Send') : t('Ask')}
          </button>
          {busy && (
            <button type="button" onClick={() => abort.current?.abort()}>
              {t('Stop')}
            </button>
          )}
          {accounts?.total === 0 && <span class="said">{t('Sign in an account first.')}</span>}
        </div>
        <ErrorNotice error={error} />
      </form>
      {(reply !== '' || progress !== null) && (
        <section class="card" aria-live="polite" aria-busy={busy}>
          <h2>{t('Reply')}</h2>
          <div class="bubble plain">{reply}</div>
          {isCut && <p class="sub">{t('The reply is incomplete: the model was cut off.')}</p>}
          {progress !== null && <Progress progress={progress} />}
        </section>
      )}
    </>
  );
}

const QUEUED: StateWords = { label: text('Queued'), tone: 'idle' };

function Progress({ progress }: { progress: TelegramProgress }) {
  const { t, say } = useWords();
  const { label, tone } = progress.state === 'queued' ? QUEUED : SEND_STATES[progress.state];
  const why = progress.reason === undefined ? '' : say(reasonInWords(progress.reason));
  return (
    <p>
      <span class={`badge ${tone}`}>{say(label)}</span> {progress.message ?? why}{' '}
      {progress.message_id !== undefined && (
        <span class="sub">{t('message {id}', { id: progress.message_id })}</span>
      )}
    </p>
  );
}
