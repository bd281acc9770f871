import { useEffect, useState } from 'preact/hooks';
import { Link, useLocation } from 'wouter-preact';
import { useGateway } from '../lib/gateway.ts';
import { useAction, useTitle } from '../lib/hooks.ts';
import { storedPhone, stepOf, type Step } from '../lib/sign-in-flow.ts';
import { ErrorNotice, Notice } from '../parts/notice.tsx';
import { Begin } from '../parts/sign-in/begin.tsx';
import { CodeStep } from '../parts/sign-in/code-step.tsx';
import { PasswordStep } from '../parts/sign-in/password-step.tsx';
import { QrStep } from '../parts/sign-in/qr-step.tsx';

/** Signs an account in, by code or QR code, then by password if it has one. Continues a sign-in in progress. */
export function SignInPage({ userId: named }: { userId: string | undefined }) {
  useTitle('Sign in');
  const { client } = useGateway();
  const [, go] = useLocation();
  const [userId, setUserId] = useState(named ?? '');
  const [phone, setPhone] = useState(() => storedPhone.read(named ?? ''));
  const [at, setAt] = useState<Step | null>(named === undefined ? { step: 'begin' } : null);
  const look = useAction(async () => {
    if (named !== undefined) setAt(stepOf(await client.status(named)));
  });
  useEffect(() => {
    void look.run();
  }, []);
  const finish = () => {
    storedPhone.forget(userId);
    go(`/accounts/${encodeURIComponent(userId)}`);
  };
  const cancel = useAction(async () => {
    await client.auth.cancel(userId);
    setAt({ step: 'begin' });
  });
  if (at === null)
    return (
      <>
        <h1>Sign in {named}</h1>
        <ErrorNotice error={look.error} />
      </>
    );
  return (
    <>
      <h1>{at.step === 'begin' ? 'Sign in an account' : `Sign in ${userId}`}</h1>
      {at.step === 'begin' && (
        <Begin
          userId={userId}
          phone={phone}
          isNamed={named !== undefined}
          onCode={(id, number, sent) => {
            storedPhone.write(id, number);
            setUserId(id);
            setPhone(number);
            setAt({ step: 'code', sent, sentAt: Date.now() });
          }}
          onQr={(id) => {
            setUserId(id);
            setAt({ step: 'qr' });
          }}
        />
      )}
      {at.step === 'code' && (
        <CodeStep
          userId={userId}
          phone={phone}
          sent={at.sent}
          sentAt={at.sentAt}
          onSent={(sent) => setAt({ step: 'code', sent, sentAt: Date.now() })}
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
          This account is signed in. <Link href={`/accounts/${encodeURIComponent(userId)}`}>Open it</Link>
        </Notice>
      )}
      {at.step !== 'begin' && at.step !== 'done' && (
        <p>
          <button type="button" class="link" disabled={cancel.busy} onClick={() => void cancel.run()}>
            Cancel this sign-in
          </button>
        </p>
      )}
      <ErrorNotice error={cancel.error} />
    </>
  );
}
