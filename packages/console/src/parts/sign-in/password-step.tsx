import { GatewayApiError } from '@gateway/client';
import { useState } from 'preact/hooks';
import { useGateway } from '../../lib/gateway.ts';
import { useAction } from '../../lib/hooks.ts';
import { useWords } from '../../lib/words.ts';
import { Field } from '../field.tsx';
import { ErrorNotice } from '../notice.tsx';

interface PasswordStepProps {
  userId: string;
  hint: string | null;
  onDone: () => void;
  onOver: () => void;
}

/** Asks for the two-factor password. */
export function PasswordStep({ userId, hint: known, onDone, onOver }: PasswordStepProps) {
  const { client } = useGateway();
  const { t } = useWords();
  const [password, setPassword] = useState('');
  const { run, busy, error } = useAction(async () => {
    const answer = await client.auth.verify(userId, { password });
    if (answer.status === 'authorized') onDone();
  });
  const isWrong = error instanceof GatewayApiError && error.code === 'PASSWORD_INVALID';
  const isOver = error instanceof GatewayApiError && error.code === 'AUTH_NOT_STARTED';
  const told = isWrong ? error.body?.['hint'] : known;
  const hint = typeof told === 'string' && told !== '' ? told : null;
  return (
    <form
      class="card narrow"
      onSubmit={(event) => {
        event.preventDefault();
        void run();
      }}
    >
      <p>{t('This account has a password at Telegram (two-step verification).')}</p>
      <Field
        label={t('Password')}
        name="password"
        type="password"
        required
        autofocus
        autocomplete="current-password"
        value={password}
        onText={setPassword}
        problem={isWrong ? t('This is not the password.') : undefined}
        hint={hint === null ? undefined : t('Hint: {hint}', { hint })}
      />
      {!isWrong && <ErrorNotice error={error} />}
      {isOver ? (
        <button type="button" class="primary" onClick={onOver}>
          {t('Start again')}
        </button>
      ) : (
        <button type="submit" class="primary" disabled={busy || password === ''}>
          {t('Sign in')}
        </button>
      )}
    </form>
  );
}
