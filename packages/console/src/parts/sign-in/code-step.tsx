import { GatewayApiError } from '@gateway/client';
import { useState } from 'preact/hooks';
import { countdown } from '../../lib/format.ts';
import { useGateway } from '../../lib/gateway.ts';
import { useAction, useNow, usePolled } from '../../lib/hooks.ts';
import { codeSentInWords, nextDeliveryInWords, type SentCode } from '../../lib/sign-in-flow.ts';
import { useWords } from '../../lib/words.ts';
import { Field } from '../field.tsx';
import { ErrorNotice } from '../notice.tsx';

interface CodeStepProps {
  userId: string;
  sent: SentCode | null;
  onSent: (sent: SentCode) => void;
  onPassword: (hint: string | null) => void;
  onDone: () => void;
  /** The code is no longer valid: the sign-in starts again. */
  onOver: () => void;
}

/** Asks for the code, and shows how it was sent and when another can be requested. */
export function CodeStep({ userId, sent, onSent, onPassword, onDone, onOver }: CodeStepProps) {
  const { client } = useGateway();
  const words = useWords();
  const { t } = words;
  const now = useNow();
  const [code, setCode] = useState('');
  const verify = useAction(async () => {
    const answer = await client.auth.verify(userId, { phone_code: code.trim() });
    if (answer.status === 'authorized') onDone();
    else onPassword(answer.hint);
  });
  const phone = sent?.phone ?? '';
  const resend = useAction(async () =>
    onSent({ ...(await client.auth.resend(userId)), phone, sentAt: Date.now() }),
  );
  const { error } = verify;
  const isWrong = error instanceof GatewayApiError && error.code === 'PHONE_CODE_INVALID';
  const isOver =
    error instanceof GatewayApiError && ['PHONE_CODE_EXPIRED', 'AUTH_NOT_STARTED'].includes(error.code);
  const pause = (sent?.timeout ?? 0) * 1_000;
  // No longer than the whole pause, in case the clock of the gateway is ahead.
  const left = Math.min(pause, (sent?.sentAt ?? 0) + pause - now);
  const next = nextDeliveryInWords(sent?.next_delivery ?? null, words);
  return (
    <form
      class="card narrow"
      onSubmit={(event) => {
        event.preventDefault();
        void verify.run();
      }}
    >
      <p>{codeSentInWords(sent, words)}</p>
      <SandboxCode phone={phone} onPick={setCode} />
      <Field
        label={t('Code')}
        name="code"
        required
        autofocus
        inputMode="numeric"
        autocomplete="one-time-code"
        maxLength={64}
        class="code-input"
        value={code}
        onText={setCode}
        problem={isWrong ? t('This is not the code. Check it again: no new code was sent.') : undefined}
        hint={
          typeof sent?.code_length === 'number'
            ? t('{count, plural, one {# character} other {# characters}}', { count: sent.code_length })
            : undefined
        }
      />
      {!isWrong && <ErrorNotice error={error} />}
      <div class="buttons">
        {isOver ? (
          <button type="button" class="primary" onClick={onOver}>
            {t('Start again')}
          </button>
        ) : (
          <button type="submit" class="primary" disabled={verify.busy || code.trim() === ''}>
            {t('Sign in')}
          </button>
        )}
        <button type="button" disabled={resend.busy || left > 0} onClick={() => void resend.run()}>
          {left > 0 ? t('Another code in {time}', { time: countdown(left) }) : t('Send another code')}
        </button>
      </div>
      {next !== null && <p class="hint">{next}</p>}
      <ErrorNotice error={resend.error} />
    </form>
  );
}

/** The code that the sandbox's "Telegram" sent, with a button that fills it in. */
function SandboxCode({ phone, onPick }: { phone: string; onPick: (code: string) => void }) {
  const { sandbox } = useGateway();
  const { t } = useWords();
  const { value } = usePolled(
    async () => (phone === '' ? null : ((await sandbox?.code(phone.replaceAll(/[^\d+]/g, ''))) ?? null)),
    2_000,
    [sandbox, phone],
  );
  if (value === null) return null;
  return (
    <p class="notice info">
      {t('The sandbox sent:')} <strong>{value}</strong>{' '}
      <button type="button" class="link" onClick={() => onPick(value)}>
        {t('Use it')}
      </button>
    </p>
  );
}
