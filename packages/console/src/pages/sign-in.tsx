import { useEffect, useRef, useState } from 'preact/hooks';
import { Link, useLocation } from 'wouter-preact';
import { useGateway } from '../lib/gateway.ts';
import { useAction, usePolled, useTitle } from '../lib/hooks.ts';
import { followingStep, stepOf, type Step } from '../lib/sign-in-flow.ts';
import { useWords } from '../lib/words.ts';
import { ErrorNotice, Notice } from '../parts/notice.tsx';
import { Begin } from '../parts/sign-in/begin.tsx';
import { CodeStep } from '../parts/sign-in/code-step.tsx';
import { PasswordStep } from '../parts/sign-in/password-step.tsx';
import { QrStep } from '../parts/sign-in/qr-step.tsx';

/** ms between two looks at the sign-in, which another browser may continue. */
const EVERY_MS = 3_000;

/**
 * Signs an account in, by code or QR code, then by password if it has one. Continues a sign-in in progress, and follows
 * what other browsers do.
 */
export function SignInPage({ userId: named }: { userId: string | undefined }) {
  const { t } = useWords();
  useTitle(t('Sign in'));
  const { client } = useGateway();
  const [, go] = useLocation();
  const userId = named ?? '';
  const [at, setAt] = useState<Step | null>(named === undefined ? { step: 'begin' } : null);
  const phone = useRef('');
  const {
    value: status,
    error,
    reload,
  } = usePolled(async (signal) => (named === undefined ? null : client.status(named, { signal })), EVERY_MS, [
    client,
    named,
  ]);
  /** Shows a step, and drops an answer on its way that is older. */
  const show = (step: Step) => {
    setAt(step);
    reload();
  };
  const finish = () => go(`/accounts/${encodeURIComponent(userId)}`);
  useEffect(() => {
    if (status === null) return;
    const next = followingStep(at, stepOf(status));
    if (next.step === 'done' && at !== null && at.step !== 'done') finish();
    else setAt(next);
  }, [status]);
  if (at?.step === 'code' && at.sent !== null) phone.current = at.sent.phone;
  /** Shows the step under the account's own address, where a reload, the way back and other browsers find it. */
  const proceed = (id: string, step: Step) => {
    if (named === undefined) return go(`/sign-in/${encodeURIComponent(id)}`);
    show(step);
  };
  const cancel = useAction(async () => {
    await client.auth.cancel(userId);
    show({ step: 'begin' });
  });
  if (at === null)
    return (
      <>
        <h1>{t('Sign in {account}', { account: named ?? '' })}</h1>
        <ErrorNotice error={error} />
      </>
    );
  return (
    <>
      <h1>{at.step === 'begin' ? t('Sign in an account') : t('Sign in {account}', { account: userId })}</h1>
      {at.step === 'begin' && (
        <Begin
          userId={userId}
          phone={phone.current}
          isNamed={named !== undefined}
          onCode={(id, sent) => proceed(id, { step: 'code', sent })}
          onQr={(id) => proceed(id, { step: 'qr' })}
        />
      )}
      {at.step === 'code' && (
        <CodeStep
          userId={userId}
          sent={at.sent}
          onSent={(sent) => show({ step: 'code', sent })}
          onPassword={(hint) => show({ step: 'password', hint })}
          onDone={finish}
          onOver={() => show({ step: 'begin' })}
        />
      )}
      {at.step === 'qr' && (
        <QrStep userId={userId} onPassword={(hint) => show({ step: 'password', hint })} onDone={finish} />
      )}
      {at.step === 'password' && (
        <PasswordStep userId={userId} hint={at.hint} onDone={finish} onOver={() => show({ step: 'begin' })} />
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
