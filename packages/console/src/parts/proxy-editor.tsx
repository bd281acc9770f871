import type { AccountSummary } from '@gateway/client';
import { text, type Text } from '@gateway/texts';
import { useState } from 'preact/hooks';
import { useGateway } from '../lib/gateway.ts';
import { useAction } from '../lib/hooks.ts';
import { issuesOf } from '../lib/issues.ts';
import { useWords } from '../lib/words.ts';
import { ErrorNotice } from './notice.tsx';
import { ProxyField } from './proxy-field.tsx';

const NOT_REACHED = text('Saved, but it does not lead to Telegram: messages wait.');
const REMOVED = text('Saved. The account has no proxy of its own.');
const REACHED = text('Saved. The account is connected by it.');

/** A form that gives an account a proxy of its own, or takes it back. */
export function ProxyEditor({ account: { user_id: userId } }: { account: Pick<AccountSummary, 'user_id'> }) {
  const { client } = useGateway();
  const { t, say } = useWords();
  const [address, setAddress] = useState('');
  const [said, setSaid] = useState<Text | null>(null);
  const save = useAction(async () => {
    setSaid(null);
    const { proxy, state } = await client.proxy(userId, address.trim() || null);
    setAddress('');
    setSaid(state === 'proxy_unreachable' ? NOT_REACHED : proxy === null ? REMOVED : REACHED);
  });
  const problem = issuesOf(save.error)('proxy');
  return (
    <details>
      <summary>{t('Change the proxy')}</summary>
      <form
        class="stack"
        aria-label={t('Proxy')}
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void save.run();
        }}
      >
        <ProxyField
          value={address}
          onText={setAddress}
          problem={problem}
          hint={t('Empty: none of its own.')}
        />
        {problem === undefined && <ErrorNotice error={save.error} />}
        <div class="buttons">
          <button type="submit" class="small" disabled={save.busy}>
            {t('Save and reconnect')}
          </button>
          <span role="status" class="said">
            {said !== null && say(said)}
          </span>
        </div>
      </form>
    </details>
  );
}
