import { GatewayApiError, type CodeSentAnswer, type VerifyAnswer } from '@gateway/client';
import type { CommandContext } from '../command-context.ts';
import { EXIT, UsageError, type ExitCode } from '../failure.ts';
import { readAll } from '../io.ts';
import type { Say } from '../language.ts';
import { sandboxHint } from '../sandbox-hint.ts';
import { networkOf } from './network-of.ts';

export interface LoginOptions {
  phone?: string;
  code?: string;
  passwordStdin?: boolean;
  /** The address of a proxy, or `none`. */
  proxy?: string;
}

/** Delivery methods of a login code, in words. */
const DELIVERIES = {
  app: 'in the Telegram app',
  sms: 'by SMS',
  call: 'by a phone call',
  flash_call: 'as the number of a call',
  missed_call: 'as the number of a missed call',
  email: 'by e-mail',
  fragment: 'on fragment.com',
  sms_word: 'by SMS, as a word',
  sms_phrase: 'by SMS, as a phrase',
} as const;

const WAYS: Readonly<Record<string, (typeof DELIVERIES)[keyof typeof DELIVERIES]>> = DELIVERIES;

/**
 * Signs an account in. At a terminal it asks for missing values, and again for wrong ones. Without a terminal it does
 * as much as the options allow, and says how to continue.
 */
export async function login(
  session: CommandContext,
  userId: string | undefined,
  options: LoginOptions,
): Promise<ExitCode> {
  const { prompter, stdin } = session.io;
  const id = await askForUserId(session, userId);
  const password = options.passwordStdin === true ? (await readAll(stdin)).replace(/\r?\n$/, '') : undefined;

  const isUnderWay = options.code !== undefined || password !== undefined;
  const phone =
    options.phone ??
    (isUnderWay ? undefined : await prompter?.ask(session.say('Phone number'), '+79991234567'));
  if (phone === undefined && !isUnderWay)
    throw new UsageError('no terminal to ask at: give --phone, then --code (and --password-stdin)');
  const sent = phone === undefined ? null : await start(session, id, phone, options);
  if (sent !== null && options.code === undefined && prompter === null) {
    session.out.result(sent, session.say('Then: telegram-gateway login {user} --code <code>', { user: id }));
    return EXIT.ok;
  }

  const answer = await verifyCode(session, id, options.code, password, sent);
  return answer.status === 'authorized' ? welcome(session, id, answer) : verifyPassword(session, id, answer);
}

/** @throws {UsageError} if the id is missing and there is no terminal to ask at. */
export async function askForUserId({ io, say }: CommandContext, given: string | undefined): Promise<string> {
  const id = given ?? (await io.prompter?.ask(say('Choose a name for this account'), 'alice'));
  if (id === undefined) throw new UsageError('user_id is missing: telegram-gateway login <user_id>');
  return id;
}

async function start(
  session: CommandContext,
  userId: string,
  phone: string,
  options: LoginOptions,
): Promise<CodeSentAnswer> {
  const { client, io, out, say, url } = session;
  const sent = await client.auth.start(userId, phone, { ...networkOf(options), signal: io.signal });
  out.note(describe(say, sent));
  const hint = await sandboxHint(io, url, phone.replace(/[^\d+]/g, ''));
  if (hint !== null) out.note(say('Sandbox: the code is at {url}', { url: hint }));
  return sent;
}

function describe(say: Say, sent: CodeSentAnswer): string {
  const { message, delivery, delivery_detail, code_length, next_delivery, timeout } = sent;
  const way = WAYS[delivery];
  const place =
    way === undefined
      ? message
      : `${say('The code comes {way}', { way: say(way) })}${detailOf(delivery_detail)}`;
  const length =
    code_length === null
      ? ''
      : ` (${say('{count, plural, one {# character} other {# characters}}', { count: code_length })})`;
  const next = next_delivery === null ? '' : ` ${nextWay(say, next_delivery, timeout)}`;
  return `${place}${length}.${next} ${say('Never post it in a chat: Telegram voids it.')}`;
}

function nextWay(say: Say, delivery: string, timeout: number | null): string {
  const known = WAYS[delivery];
  const way = known === undefined ? delivery : say(known);
  return timeout === null
    ? say('Next {way}.', { way })
    : say('Next {way} after {seconds} s.', { way, seconds: timeout });
}

function detailOf(detail: string | undefined): string {
  return detail !== undefined ? `: ${detail}` : '';
}

/** Asks until the code is right. Empty input makes Telegram send the code again. */
async function verifyCode(
  { client, io, out, say }: CommandContext,
  userId: string,
  given: string | undefined,
  password: string | undefined,
  started: CodeSentAnswer | null,
): Promise<VerifyAnswer> {
  let sent = started;
  let code = given;
  for (;;) {
    if (code === undefined && password === undefined && io.prompter !== null) {
      const question = sent?.next_delivery === null ? say('Code') : say('Code (empty: send it again)');
      code = (await io.prompter.askSecret(question)).trim();
      if (code === '') {
        sent = await client.auth.resend(userId, { signal: io.signal });
        out.note(describe(say, sent));
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

type Asked = Pick<Extract<VerifyAnswer, { status: 'password_required' }>, 'status' | 'hint'>;
type SignedIn = Pick<Extract<VerifyAnswer, { status: 'authorized' }>, 'status' | 'user'>;

export async function verifyPassword(
  session: CommandContext,
  userId: string,
  asked: Asked,
): Promise<ExitCode> {
  const { client, io, out, say } = session;
  const hint = asked.hint ? ` (${say('hint: {hint}', { hint: asked.hint })})` : '';
  if (io.prompter === null) {
    const how = `telegram-gateway login ${userId} --password-stdin < file`;
    const advice = say('Two-factor authentication is on{hint}. To give the password: {how}', { hint, how });
    out.result(asked, advice);
    return EXIT.refused;
  }
  for (;;) {
    const password = await io.prompter.askSecret(`${say('Two-factor password')}${hint}`);
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

export function welcome({ out, say }: CommandContext, userId: string, answer: SignedIn): ExitCode {
  const { first_name, last_name, username, id } = answer.user;
  const name = [first_name, last_name, username === null ? null : `@${username}`].filter(Boolean).join(' ');
  out.result(
    answer,
    `${out.good('✓')} ${say('{user} is signed in as {name} ({id})', { user: userId, name, id: String(id) })}`,
  );
  return EXIT.ok;
}

function isRefusal(error: unknown, code: string): error is GatewayApiError {
  return error instanceof GatewayApiError && error.code === code;
}
