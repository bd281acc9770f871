import type { CreatedWebhook } from '@gateway/client';
import { useId, useRef, useState } from 'preact/hooks';
import { copyText } from '../../lib/copy-text.ts';
import { WEBHOOK_TEXTS as T } from '../../texts/webhooks.ts';

/** Shows the secret of a new webhook, once. */
export function NewSecret({ webhook, onDone }: { webhook: CreatedWebhook; onDone: () => void }) {
  const field = useRef<HTMLInputElement>(null);
  const id = useId();
  const [said, setSaid] = useState('');
  const copy = async () => {
    if (field.current !== null) setSaid((await copyText(field.current)) ? T.copied : T.copyByHand);
  };
  return (
    <section class="card" aria-labelledby={`${id}-title`}>
      <h2 id={`${id}-title`}>{T.created(webhook.url)}</h2>
      <p>{T.secretOnce}</p>
      <div class="field">
        <label for={`${id}-secret`}>{T.secret}</label>
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
          {T.copy}
        </button>
        <button type="button" onClick={onDone}>
          {T.done}
        </button>
        <span role="status" class="said">
          {said}
        </span>
      </div>
    </section>
  );
}
