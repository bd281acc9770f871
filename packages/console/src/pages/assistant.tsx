import type { TelegramProgress } from '@gateway/client';
import { useMemo, useRef, useState } from 'preact/hooks';
import { useGateway } from '../lib/gateway.ts';
import { useAction, usePolled, useTitle } from '../lib/hooks.ts';
import { SEND_STATES } from '../lib/send-words.ts';
import { UnsentMessages } from '../lib/unsent.ts';
import { Field } from '../parts/field.tsx';
import { ErrorNotice, Notice } from '../parts/notice.tsx';

/** A page to try `/message_stream`: the assistant writes a reply, which is then sent. */
export function AssistantPage() {
  useTitle('Assistant');
  const { client, config } = useGateway();
  const accounts = usePolled((signal) => client.accounts.list({ limit: 500, signal }), 30_000, [client]);
  const ready = accounts.value?.accounts.filter(({ authorized }) => authorized) ?? [];
  const [userId, setUserId] = useState('');
  const [recipient, setRecipient] = useState('me');
  const [prompt, setPrompt] = useState('');
  const [own, setOwn] = useState(!config.assistant);
  const [sends, setSends] = useState(true);
  const [reply, setReply] = useState('');
  const [isCut, setIsCut] = useState(false);
  const [progress, setProgress] = useState<TelegramProgress | null>(null);
  const abort = useRef<AbortController>();
  const unsent = useMemo(() => new UnsentMessages<object>('assistant'), []);
  const account = userId === '' ? (ready[0]?.user_id ?? '') : userId;
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
      <h1>Assistant</h1>
      {!config.assistant && (
        <Notice tone="info">
          No assistant is set up (ASSISTANT_BASE_URL, ASSISTANT_MODEL). You can still send a reply that you
          write yourself.
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
          <div class="field">
            <label for="assistant-account">From</label>
            <select id="assistant-account" value={account} onChange={(e) => setUserId(e.currentTarget.value)}>
              {ready.map(({ user_id: id }) => (
                <option key={id}>{id}</option>
              ))}
            </select>
          </div>
          <Field label="To" value={recipient} onText={setRecipient} disabled={!sends} autocomplete="off" />
        </div>
        <div class="field">
          <label for="assistant-prompt">
            {own ? 'The reply, as the assistant wrote it' : 'Your question to the assistant'}
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
            Send the reply
          </label>
          {config.assistant && (
            <label class="check">
              <input type="checkbox" checked={own} onChange={(e) => setOwn(e.currentTarget.checked)} />
              The text is already the reply
            </label>
          )}
        </div>
        <div class="buttons">
          <button type="submit" class="primary" disabled={busy || account === '' || prompt.trim() === ''}>
            {own ? 'Send' : 'Ask'}
          </button>
          {busy && (
            <button type="button" onClick={() => abort.current?.abort()}>
              Stop
            </button>
          )}
          {accounts.value !== null && ready.length === 0 && (
            <span class="said">Sign in an account first.</span>
          )}
        </div>
        <ErrorNotice error={error} />
      </form>
      {(reply !== '' || progress !== null) && (
        <section class="card" aria-live="polite" aria-busy={busy}>
          <h2>Reply</h2>
          <div class="bubble plain">{reply}</div>
          {isCut && <p class="sub">The reply is incomplete: the model was cut off.</p>}
          {progress !== null && <Progress progress={progress} />}
        </section>
      )}
    </>
  );
}

function Progress({ progress }: { progress: TelegramProgress }) {
  const { label, tone } =
    progress.state === 'queued' ? { label: 'Queued', tone: 'idle' } : SEND_STATES[progress.state];
  return (
    <p>
      <span class={`badge ${tone}`}>{label}</span> {progress.message ?? progress.reason ?? ''}{' '}
      {progress.message_id !== undefined && <span class="sub">message {progress.message_id}</span>}
    </p>
  );
}
