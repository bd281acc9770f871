import { useState } from 'preact/hooks';
import { isGoodKey, openClient } from '../lib/gateway.ts';
import { useAction, useTitle } from '../lib/hooks.ts';
import { Field } from '../parts/field.tsx';
import { ErrorNotice } from '../parts/notice.tsx';

/** Asks for the API key, once per tab. */
export function KeyPage({ onKey }: { onKey: (key: string) => void }) {
  useTitle('API key');
  const [key, setKey] = useState('');
  const [problem, setProblem] = useState<string>();
  const { run, busy, error } = useAction(async () => {
    setProblem(undefined);
    if (await isGoodKey(openClient(key.trim()))) onKey(key.trim());
    else setProblem('The gateway does not know this key.');
  });
  return (
    <main class="alone">
      <form
        class="card narrow"
        onSubmit={(event) => {
          event.preventDefault();
          void run();
        }}
      >
        <h1>Gateway console</h1>
        <Field
          label="API key"
          type="password"
          autocomplete="current-password"
          autofocus
          required
          value={key}
          onText={setKey}
          problem={problem}
          hint="One of the gateway's API_KEYS. It is kept in this tab only."
        />
        <ErrorNotice error={error} />
        <button type="submit" class="primary" disabled={busy || key.trim() === ''}>
          Open
        </button>
      </form>
    </main>
  );
}
