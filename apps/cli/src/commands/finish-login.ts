import { GatewayApiError, type VerifyAnswer } from '@gateway/client';
import { EXIT, type ExitCode } from '../failure.ts';
import type { Session } from '../session.ts';

type Asked = Extract<VerifyAnswer, { status: 'password_required' }>;

/** Asks for the two-factor password until it is right; says how to go on where there is nobody to ask. */
export async function verifyPassword(session: Session, userId: string, asked: Asked): Promise<ExitCode> {
  const { client, io, out } = session;
  const hint = asked.hint === null || asked.hint === '' ? '' : ` (hint: ${asked.hint})`;
  if (io.prompter === null) {
    const how = `telegram-gateway login ${userId} --password-stdin < file`;
    out.result(asked, `Two-factor authentication is on${hint}. Give the password by: ${how}`);
    return EXIT.refused;
  }
  for (;;) {
    const password = await io.prompter.askSecret(`Two-factor password${hint}`);
    if (password === '') continue;
    try {
      const answer = await client.auth.verify(userId, { password }, { signal: io.signal });
      if (answer.status === 'authorized') return welcome(session, userId, answer);
    } catch (error) {
      if (!isRefusal(error, 'PASSWORD_INVALID')) throw error;
      out.note(error.message);
    }
  }
}

export function welcome(
  { out }: Session,
  userId: string,
  answer: Extract<VerifyAnswer, { status: 'authorized' }>,
): ExitCode {
  const { first_name, last_name, username, id } = answer.user;
  const name = [first_name, last_name, username === null ? null : `@${username}`].filter(Boolean).join(' ');
  out.result(answer, `${out.good('✓')} ${userId} is signed in as ${name} (${id})`);
  return EXIT.ok;
}

export function isRefusal(error: unknown, code: string): error is GatewayApiError {
  return error instanceof GatewayApiError && error.code === code;
}
