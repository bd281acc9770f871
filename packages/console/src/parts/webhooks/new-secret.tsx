import type { CreatedWebhook } from '@gateway/client';
import { text, type Text } from '@gateway/texts';
import { useId, useRef, useState } from 'preact/hooks';
import { copyText } from '../../lib/browser/copy-text.ts';
import { useWords } from '../../lib/words.ts';

const [COPIED, COPY_BY_HAND] = [text('Copied.'), text('Copy the selected text.')];

/** Shows the secret of a new webhook, once. */
export function NewSecret({ webhook, onDone }: { webhook: CreatedWebhook; onDone: () => void }) {
  const field = useRef<HTMLInputElement>(null);
  const id = useId();
  const { t, say } = useWords();
  const [said, setSaid] = useState<Text | null>(null);
  const copy = async () => {
    if (field.current !== null) setSaid((await copyText(field.current)) ? COPIED : COPY_BY_HAND);
  };
  return (
    <section class="card" aria-labelledby={`${id}-title`}>
      <h2 id={`${id}-title`}>{t('The webhook for {url} is created.', { url: webhook.url })}</h2>
      <p>{t('Copy the secret now: it is never shown again.')}</p>
      <div class="field">
        <label for={`${id}-secret`}>{t('Secret')}</label>
        <input
          ref={field}
          id={`${id}-secret`}
          class="mono"
          readOnly
          value={webhook.secret}
          onFocus={({ currentTarget }) => currentTarget.select()}
        />
      </div>
      <div class="buttons">
        <button type="button" class="primary" onClick={() => void copy()}>
          {t('Copy')}
        </button>
        <button type="button" onClick={onDone}>
          {t('I have it')}
        </button>
        <span role="status" class="said">
          {said !== null && say(said)}
        </span>
      </div>
    </section>
  );
}
