import type { QrCode, QrEvent } from '@gateway/client';
import { renderANSI } from 'uqr';
import type { CommandContext } from '../command-context.ts';
import { EXIT, UsageError, type ExitCode } from '../failure.ts';
import { askForUserId, verifyPassword, welcome, type LoginOptions } from './login.ts';
import { networkOf } from './network-of.ts';

/**
 * Signs an account in by QR code: shows each new code until one is scanned. With `--json` prints one line per event.
 */
export async function loginByQr(
  context: CommandContext,
  userId: string | undefined,
  { phone, code, passwordStdin, proxy }: LoginOptions,
): Promise<ExitCode> {
  const { client, io } = context;
  if (phone !== undefined || code !== undefined || passwordStdin === true)
    throw new UsageError('--qr replaces --phone and --code; the password is asked for after the scan');
  const id = await askForUserId(context, userId);
  const answer = await client.auth.startQr(id, { ...networkOf({ proxy }), signal: io.signal });
  if (answer.status === 'authorized') return welcome(context, id, answer);
  if (answer.status === 'password_required') return verifyPassword(context, id, answer);
  for await (const event of client.auth.watchQr(id, { signal: io.signal })) {
    if (event.event === 'qr') show(context, event.data);
    else return end(context, id, event);
  }
  return EXIT.unreachable;
}

function show({ out, say }: CommandContext, code: QrCode): void {
  if (out.json) return out.result(code, '');
  out.note(renderANSI(code.url));
  out.note(
    say(
      'Scan it in the Telegram app: Settings, Devices, Link Desktop Device. A new code follows automatically.',
    ),
  );
}

async function end(
  context: CommandContext,
  userId: string,
  event: Exclude<QrEvent, { event: 'qr' }>,
): Promise<ExitCode> {
  if (event.event === 'authorized') return welcome(context, userId, event.data);
  if (event.event === 'password_required') return verifyPassword(context, userId, event.data);
  const { code, message } = event.data;
  const advice = [`Start again: telegram-gateway login ${userId} --qr`];
  context.out.failure({ exitCode: EXIT.refused, code, message, advice });
  return EXIT.refused;
}
