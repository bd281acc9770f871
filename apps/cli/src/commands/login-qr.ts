import type { QrCode, QrEvent } from '@gateway/client';
import { renderANSI } from 'uqr';
import { EXIT, UsageError, type ExitCode } from '../failure.ts';
import type { Session } from '../session.ts';
import { askForUserId, verifyPassword, welcome, type LoginOptions } from './login.ts';

/**
 * Signs an account in by QR code: shows each new code until one is scanned. With `--json` prints one line per event.
 */
export async function loginByQr(
  session: Session,
  userId: string | undefined,
  { phone, code, passwordStdin }: LoginOptions,
): Promise<ExitCode> {
  const { client, io } = session;
  if (phone !== undefined || code !== undefined || passwordStdin === true)
    throw new UsageError(
      '--qr takes the place of --phone and --code; the password is asked for after the scan',
    );
  const id = await askForUserId(session, userId);
  const answer = await client.auth.startQr(id, { signal: io.signal });
  if (answer.status === 'authorized') return welcome(session, id, answer);
  if (answer.status === 'password_required') return verifyPassword(session, id, answer);
  for await (const event of client.auth.watchQr(id, { signal: io.signal })) {
    if (event.event === 'qr') show(session, event.data);
    else return end(session, id, event);
  }
  return EXIT.unreachable;
}

function show({ out }: Session, code: QrCode): void {
  if (out.json) return out.result(code, '');
  out.note(renderANSI(code.url));
  out.note(
    'Scan it in the Telegram app: Settings, Devices, Link Desktop Device. A fresh one follows by itself.',
  );
}

async function end(
  session: Session,
  userId: string,
  event: Exclude<QrEvent, { event: 'qr' }>,
): Promise<ExitCode> {
  if (event.event === 'authorized') return welcome(session, userId, event.data);
  if (event.event === 'password_required') return verifyPassword(session, userId, event.data);
  const { code, message } = event.data;
  const advice = [`Begin again: telegram-gateway login ${userId} --qr`];
  session.out.failure({ exitCode: EXIT.refused, code, message, advice });
  return EXIT.refused;
}
