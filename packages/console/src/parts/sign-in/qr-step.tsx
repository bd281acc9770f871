import { useEffect, useState } from 'preact/hooks';
import { countdown } from '../../lib/format.ts';
import { useGateway } from '../../lib/gateway.ts';
import { useAction, useNow, useWatched } from '../../lib/hooks.ts';
import { useWords } from '../../lib/words.ts';
import { Field } from '../field.tsx';
import { ErrorNotice } from '../notice.tsx';
import { QrCode } from '../qr-code.tsx';

interface QrStepProps {
  userId: string;
  onPassword: (hint: string | null) => void;
  onDone: () => void;
}

/** Shows the QR code to scan, and replaces it whenever Telegram issues a new one. */
export function QrStep({ userId, onPassword, onDone }: QrStepProps) {
  const { client } = useGateway();
  const { t } = useWords();
  const now = useNow();
  const { value, error, reload } = useWatched(
    (signal) => client.auth.watchQr(userId, { signal }),
    [client, userId],
  );
  useEffect(() => {
    if (value?.event === 'authorized') onDone();
    if (value?.event === 'password_required') onPassword(value.data.hint);
  }, [value]);
  const again = useAction(async () => {
    await client.auth.startQr(userId);
    reload();
  });
  const qr = value?.event === 'qr' ? value.data : null;
  const ended = value?.event === 'error' ? new Error(value.data.message) : error;
  return (
    <section class="card narrow" aria-label={t('QR code')}>
      <ol class="steps">
        <li>{t('Open Telegram on your phone.')}</li>
        <li>{t('Settings → Devices → Link Desktop Device.')}</li>
        <li>{t('Point the phone at this picture.')}</li>
      </ol>
      {ended === null && (
        <div class="qr" aria-busy={qr === null}>
          {qr !== null && (
            <QrCode text={qr.url} label={t('QR code that signs {account} in', { account: userId })} />
          )}
        </div>
      )}
      {qr !== null && (
        <p class="hint">
          {t('New code in')} <time role="timer">{countdown(Date.parse(qr.expires_at) - now)}</time>
        </p>
      )}
      {qr !== null && (
        <p class="hint">
          {t('Is Telegram on this device?')} <a href={qr.url}>{t('Sign in with it')}</a>
        </p>
      )}
      <ErrorNotice error={ended ?? again.error} />
      {ended !== null && (
        <button type="button" class="primary" disabled={again.busy} onClick={() => void again.run()}>
          {t('Show a new one')}
        </button>
      )}
      {qr !== null && <SandboxScan url={qr.url} />}
    </section>
  );
}

/** In the sandbox no phone can scan the code: this form lets the sandbox scan it as the account of a phone number. */
function SandboxScan({ url }: { url: string }) {
  const { sandbox } = useGateway();
  const { t } = useWords();
  const [phone, setPhone] = useState('+9996621001');
  const scan = useAction(async () => sandbox?.scan(url, phone.trim()));
  if (sandbox === null) return null;
  return (
    <form
      class="notice info"
      onSubmit={(event) => {
        event.preventDefault();
        void scan.run();
      }}
    >
      <Field
        label={t('The sandbox has no phone. Scan as the owner of')}
        type="tel"
        value={phone}
        onText={setPhone}
      />
      <button type="submit" disabled={scan.busy}>
        {t('Scan')}
      </button>
      <ErrorNotice error={scan.error} />
    </form>
  );
}
