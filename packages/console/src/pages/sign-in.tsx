import { useEffect, useState } from 'preact/hooks';
import { Link, useLocation } from 'wouter-preact';
import { useGateway } from '../lib/gateway.ts';
import { useAction, useTitle } from '../lib/hooks.ts';
import { stepOf, storedSignIn, type Step } from '../lib/sign-in-flow.ts';
import { useWords } from '../lib/words.ts';
import { ErrorNotice, Notice } from '../parts/notice.tsx';
import { Begin } from '../parts/sign-in/begin.tsx';
import { CodeStep } from '../parts/sign-in/code-step.tsx';
import { PasswordStep } from '../parts/sign-in/password-step.tsx';
import { QrStep } from '../parts/sign-in/qr-step.tsx';

/** Signs an account in, by code or QR code, then by password if it has one. Continues a sign-in in progress. */
export function SignInPage({ userId: named }: { userId: string | undefined }) {
  const { t } = useWords();
  useTitle(t('Sign in'));
  const { client } = useGateway();
  const [, go] = useLocation();
  const userId = named ?? '';
  const [phone, setPhone] = useState(() => storedSignIn.read(named ?? '')?.phone ?? '');
  const [at, setAt] = useState<Step | null>(named === undefined ? { step: 'begin' } : null);
  const look = useAction(async () => {
    if (named !== undefined) setAt(stepOf(await client.status(named), storedSignIn.read(named)));
  });
  useEffect(() => {
    void look.run();
  }, []);
  const finish = () => {
    storedSignIn.forget(userId);
    go(`/accounts/${encodeURIComponent(userId)}`);
  };
  /** Shows the step under the account's own address, where a reload and the way back find it again. */
  const proceed = (id: string, step: Step) => {
    if (named === undefined) return go(`/sign-in/${encodeURIComponent(id)}`);
    setAt(step);
  };
  const cancel = useAction(async () => {
    await client.auth.cancel(userId);
    storedSignIn.forget(userId);
    setAt({ step: 'begin' });
  });
  if (at === null)
    return (
      <>
        <h1>{t('Sign in {account}', { account: named ?? '' })}</h1>
        <ErrorNotice error={look.error} />
      </>
    );
  return (
    <>
      <h1>{at.step === 'begin' ? t('Sign in an account') : t('Sign in {account}', { account: userId })}</h1>
      {at.step === 'begin' && (
        <Begin
          userId={userId}
          phone={phone}
          isNamed={named !== undefined}
          onCode={(id, number, sent) => {
            const signIn = { phone: number, sent, sentAt: Date.now() };
            storedSignIn.write(id, signIn);
            setPhone(number);
            proceed(id, { step: 'code', ...signIn });
          }}
          onQr={(id) => proceed(id, { step: 'qr' })}
        />
      )}
      {at.step === 'code' && (
        <CodeStep
          userId={userId}
          phone={phone}
          sent={at.sent}
          sentAt={at.sentAt}
          onSent={(sent) => {
            const signIn = { phone, sent, sentAt: Date.now() };
            storedSignIn.write(userId, signIn);
            setAt({ step: 'code', ...signIn });
          }}
          onPassword={(hint) => setAt({ step: 'password', hint })}
          onDone={finish}
          onOver={() => setAt({ step: 'begin' })}
        />
      )}
      {at.step === 'qr' && (
        <QrStep userId={userId} onPassword={(hint) => setAt({ step: 'password', hint })} onDone={finish} />
      )}
      {at.step === 'password' && (
        <PasswordStep
          userId={userId}
          hint={at.hint}
          onDone={finish}
          onOver={() => setAt({ step: 'begin' })}
        />
      )}
      {at.step === 'done' && (
        <Notice tone="good">
          {t('This account is signed in.')}{' '}
          <Link href={`/accounts/${encodeURIComponent(userId)}`}>{t('Open it')}</Link>
        </Notice>
      )}
      {at.step !== 'begin' && at.step !== 'done' && (
        <p>
          <button type="button" class="link" disabled={cancel.busy} onClick={() => void cancel.run()}>
            {t('Cancel this sign-in')}
          </button>
        </p>
      )}
      <ErrorNotice error={cancel.error} />
    </>
  );
}
