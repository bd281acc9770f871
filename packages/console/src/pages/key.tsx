import { useState } from 'preact/hooks';
import { isGoodKey } from '../lib/gateway.ts';
import { useAction, useTitle } from '../lib/hooks.ts';
import { useWords } from '../lib/words.ts';
import { Field } from '../parts/field.tsx';
import { LanguageChoice } from '../parts/frame.tsx';
import { ErrorNotice } from '../parts/notice.tsx';

/** Asks for the API key, once per tab. */
export function KeyPage({ onKey }: { onKey: (key: string) => void }) {
  const { t, locale } = useWords();
  useTitle(t('API key'));
  const [key, setKey] = useState('');
  const [isUnknown, setIsUnknown] = useState(false);
  const { run, busy, error } = useAction(async () => {
    setIsUnknown(false);
    if (await isGoodKey(key.trim(), locale)) onKey(key.trim());
    else setIsUnknown(true);
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
        <div class="headline">
          <h1>{t('Gateway console')}</h1>
          <LanguageChoice />
        </div>
        <Field
          label={t('API key')}
          type="password"
          autocomplete="current-password"
          autofocus
          required
          value={key}
          onText={setKey}
          problem={isUnknown ? t('The gateway does not know this key.') : undefined}
          hint={t("One of the gateway's API_KEYS. It is kept in this tab only.")}
        />
        <ErrorNotice error={error} />
        <button type="submit" class="primary" disabled={busy || key.trim() === ''}>
          {t('Open')}
        </button>
      </form>
    </main>
  );
}
