import type { UserInfo } from '@gateway/client';
import { useAction, useNow, usePolled } from '../lib/hooks.ts';
import type { Sandbox } from '../lib/sandbox.ts';
import { useWords } from '../lib/words.ts';
import { Formatted } from './formatted.tsx';
import { ErrorNotice } from './notice.tsx';

const EVERY_MS = 1_500;
/** Maximum number of messages shown. */
const SHOWN = 8;
/** Seconds of the flood wait. */
const FLOOD_SECONDS = 20;

/** Sandbox only: the messages that arrived at "Telegram" from this account, and a flood wait to try. */
export function SandboxPhone({ sandbox, user }: { sandbox: Sandbox; user: UserInfo }) {
  const { t, clock } = useWords();
  const now = useNow();
  const { value } = usePolled(() => sandbox.sentBy(user.id), EVERY_MS, [sandbox, user.id]);
  const flood = useAction(() => sandbox.floodNext(user.id, FLOOD_SECONDS));
  const latest = (value ?? []).slice(-SHOWN);
  return (
    <section class="card phone" aria-labelledby="arrived">
      <h2 id="arrived">{t('Received by the sandbox')}</h2>
      {latest.length === 0 && (
        <p class="empty">{t('Send a message: it appears here as its recipient sees it.')}</p>
      )}
      <ol class="arrived">
        {latest.map(({ id, to_id: to, text, date, entities = [] }) => (
          <li key={`${to}-${id}`}>
            <div class="bubble">
              <Formatted text={text} entities={entities} />
            </div>
            <span class="sub">
              {to === user.id ? t('Saved Messages') : t('to {chat}', { chat: to })} · {clock(date, now)}
            </span>
          </li>
        ))}
      </ol>
      <button type="button" class="small" disabled={flood.busy} onClick={() => void flood.run()}>
        {t('Have the next send hit a flood wait of {seconds} s', { seconds: FLOOD_SECONDS })}
      </button>
      <ErrorNotice error={flood.error} />
    </section>
  );
}
