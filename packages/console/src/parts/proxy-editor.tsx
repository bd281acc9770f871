import type { AccountSummary } from '@gateway/client';
import { useState } from 'preact/hooks';
import { useGateway } from '../lib/gateway.ts';
import { useAction } from '../lib/hooks.ts';
import { issueOf } from '../lib/issues.ts';
import { PROXY_TEXTS as T } from '../texts/account.ts';
import { Field } from './field.tsx';
import { ErrorNotice } from './notice.tsx';

/** A form that gives an account a proxy of its own, or takes it back. */
export function ProxyEditor({ account: { user_id: userId } }: { account: Pick<AccountSummary, 'user_id'> }) {
  const { client } = useGateway();
  const [address, setAddress] = useState('');
  const [said, setSaid] = useState('');
  const save = useAction(async () => {
    setSaid('');
    const { proxy, state } = await client.proxy(userId, address.trim() || null);
    setAddress('');
    setSaid(state === 'proxy_unreachable' ? T.notReached : proxy === null ? T.removed : T.reached);
  });
  const problem = issueOf(save.error, 'proxy');
  return (
    <details>
      <summary>{T.change}</summary>
      <form
        class="stack"
        aria-label={T.proxy}
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void save.run();
        }}
      >
        <Field
          label={T.address}
          name="proxy"
          type="text"
          autocomplete="off"
          autocapitalize="none"
          spellcheck={false}
          value={address}
          onText={setAddress}
          problem={problem}
          hint={T.hint}
        />
        {problem === undefined && <ErrorNotice error={save.error} />}
        <div class="buttons">
          <button type="submit" class="small" disabled={save.busy}>
            {T.save}
          </button>
          <span role="status" class="said">
            {said}
          </span>
        </div>
      </form>
    </details>
  );
}
