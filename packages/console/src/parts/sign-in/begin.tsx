import { GatewayApiError } from '@gateway/client';
import { useState } from 'preact/hooks';
import { Link } from 'wouter-preact';
import { useGateway } from '../../lib/gateway.ts';
import { useAction } from '../../lib/hooks.ts';
import { issuesOf } from '../../lib/issues.ts';
import type { SentCode } from '../../lib/sign-in-flow.ts';
import { useWords } from '../../lib/words.ts';
import { Field } from '../field.tsx';
import { ErrorNotice } from '../notice.tsx';
import { OwnNetwork, proxyProblemOf } from './own-network.tsx';

interface BeginProps {
  userId: string;
  phone: string;
  /** Whether the page's URL already names the account. */
  isNamed: boolean;
  onCode: (userId: string, sent: SentCode) => void;
  onQr: (userId: string) => void;
}

/** Suggested in the sandbox. */
const SUGGESTED = { userId: 'alice', phone: '+9996621001' };

/** Asks for the account and the way to sign in. */
export function Begin({ userId: given, phone: kept, isNamed, onCode, onQr }: BeginProps) {
  const { client, sandbox } = useGateway();
  const { t } = useWords();
  const [userId, setUserId] = useState(given);
  const [phone, setPhone] = useState(kept);
  const [proxy, setProxy] = useState('');
  const [way, setWay] = useState<'code' | 'qr'>('code');
  const { run, busy, error } = useAction(async () => {
    const network = proxy.trim() === '' ? {} : { network: { proxy: proxy.trim() } };
    if (way === 'qr') {
      await client.auth.startQr(userId.trim(), network);
      return onQr(userId.trim());
    }
    const sent = await client.auth.start(userId.trim(), phone.trim(), network);
    onCode(userId.trim(), { ...sent, phone: phone.trim(), sentAt: Date.now() });
  });
  const issue = issuesOf(error);
  const proxyProblem = proxyProblemOf(error);
  const isKnownIssue = [issue('user_id'), issue('phone_number'), proxyProblem].some(
    (problem) => problem !== undefined,
  );
  return (
    <form
      class="card narrow"
      onSubmit={(event) => {
        event.preventDefault();
        void run();
      }}
    >
      <div class="chips tabs" role="group" aria-label={t('How to sign in')}>
        <button type="button" class="chip" aria-pressed={way === 'code'} onClick={() => setWay('code')}>
          {t('By a code')}
        </button>
        <button type="button" class="chip" aria-pressed={way === 'qr'} onClick={() => setWay('qr')}>
          {t('By a QR code')}
        </button>
      </div>
      <Field
        label={t('Name of the account in this gateway')}
        name="user_id"
        required
        autofocus={!isNamed}
        autocomplete="off"
        autocapitalize="none"
        spellcheck={false}
        disabled={isNamed}
        value={userId}
        onText={setUserId}
        problem={issue('user_id')}
        hint={t('Any name, such as alice. Programs use it, too.')}
      />
      {way === 'code' && (
        <Field
          label={t('Phone number')}
          name="phone"
          type="tel"
          required
          autofocus={isNamed}
          autocomplete="tel"
          value={phone}
          onText={setPhone}
          placeholder="+79991234567"
          problem={issue('phone_number')}
          hint={t('Number of the Telegram account, with its country code.')}
        />
      )}
      {sandbox !== null && (
        <p class="hint">
          {t('In the sandbox, use:')}{' '}
          <button
            type="button"
            class="link"
            onClick={() => {
              if (!isNamed) setUserId(SUGGESTED.userId);
              setPhone(SUGGESTED.phone);
            }}
          >
            {isNamed || way === 'qr' ? '' : `${SUGGESTED.userId}, `}
            {way === 'qr' ? SUGGESTED.userId : SUGGESTED.phone}
          </button>
        </p>
      )}
      <OwnNetwork proxy={proxy} onProxy={setProxy} problem={proxyProblem} />
      {!isKnownIssue && <ErrorNotice error={error} />}
      {error instanceof GatewayApiError && error.code === 'ALREADY_AUTHORIZED' && (
        <Link href={`/accounts/${encodeURIComponent(userId.trim())}`}>
          {t('Open {account}', { account: userId.trim() })}
        </Link>
      )}
      <button
        type="submit"
        class="primary"
        disabled={busy || userId.trim() === '' || (way === 'code' && phone.trim() === '')}
      >
        {way === 'code' ? t('Send me the code') : t('Show the QR code')}
      </button>
    </form>
  );
}
