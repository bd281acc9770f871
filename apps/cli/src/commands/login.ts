import type { CodeSentAnswer, VerifyAnswer } from '@gateway/client';
import { EXIT, UsageError, type ExitCode } from '../failure.ts';
import { readAll } from '../io.ts';
import { sandboxHint } from '../sandbox-hint.ts';
import type { Session } from '../session.ts';
import { isRefusal, verifyPassword, welcome } from './finish-login.ts';
import { loginByQr } from './login-qr.ts';

export interface LoginOptions {
  phone?: string;
  code?: string;
  passwordStdin?: boolean;
  qr?: boolean;
}

/** How a code travels, for people. */
const DELIVERIES: Readonly<Record<string, string>> = {
  app: 'in the Telegram app',
  sms: 'by SMS',
  call: 'by a phone call',
  flash_call: 'as the number of a call',
  missed_call: 'as the number of a missed call',
  email: 'by e-mail',
  fragment: 'on fragment.com',
};

/**
 * Signs an account in. At a terminal it asks for what it was not told, and again for what was wrong; elsewhere it does what the options are
 * enough for, and says how to go on.
 */
export async function login(
  session: Session,
  userId: string | undefined,
  options: LoginOptions,
): Promise<ExitCode> {
  const { prompter, stdin } = session.io;
  const id = userId ?? (await prompter?.ask('A name of your own for this account', 'alice'));
  if (id === undefined) throw new UsageError('user_id is missing: telegram-gateway login <user_id>');
  if (options.qr === true) return loginByQr(session, id);
  const password = options.passwordStdin === true ? (await readAll(stdin)).replace(/\r?\n$/, '') : undefined;

  const isUnderWay = options.code !== undefined || password !== undefined;
  const phone =
    options.phone ?? (isUnderWay ? undefined : await prompter?.ask('Phone number', '+79991234567'));
  if (phone === undefined && !isUnderWay)
    throw new UsageError('no terminal to ask at: give --phone, then --code (and --password-stdin)');
  const sent = phone === undefined ? null : await start(session, id, phone);
  if (sent !== null && options.code === undefined && prompter === null) {
    session.out.result(sent, `Then: telegram-gateway login ${id} --code <code>`);
    return EXIT.ok;
  }

  const answer = await verifyCode(session, id, options.code, password, sent);
  return answer.status === 'authorized' ? welcome(session, id, answer) : verifyPassword(session, id, answer);
}

async function start(session: Session, userId: string, phone: string): Promise<CodeSentAnswer> {
  const { client, io, out, url } = session;
  const sent = await client.auth.start(userId, phone, { signal: io.signal });
  out.note(describe(sent));
  const hint = await sandboxHint(io, url, phone.replace(/[\s()-]/g, ''));
  if (hint !== null) out.note(hint);
  return sent;
}

function describe({ delivery, code_length, next_delivery, timeout }: CodeSentAnswer): string {
  const length = code_length === null ? '' : ` (${code_length} characters)`;
  const after = timeout === null ? '' : ` after ${timeout} s`;
  const next = next_delivery === null ? '' : ` Next ${DELIVERIES[next_delivery] ?? next_delivery}${after}.`;
  return `The code comes ${DELIVERIES[delivery] ?? `by ${delivery}`}${length}.${next} Never pass it on in a chat: Telegram voids it.`;
}

/** Asks until the code is right; nothing typed has it sent again. */
async function verifyCode(
  { client, io, out }: Session,
  userId: string,
  given: string | undefined,
  password: string | undefined,
  started: CodeSentAnswer | null,
): Promise<VerifyAnswer> {
  let sent = started;
  let code = given;
  for (;;) {
    if (code === undefined && password === undefined && io.prompter !== null) {
      const again = sent?.next_delivery === null ? '' : ' (nothing: send it again)';
      code = (await io.prompter.askSecret(`Code${again}`)).trim();
      if (code === '') {
        sent = await client.auth.resend(userId, { signal: io.signal });
        out.note(describe(sent));
        code = undefined;
        continue;
      }
    }
    try {
      return await client.auth.verify(userId, { phone_code: code, password }, { signal: io.signal });
    } catch (error) {
      if (io.prompter === null || !isRefusal(error, 'PHONE_CODE_INVALID')) throw error;
      out.note(error.message);
      code = undefined;
    }
  }
}
