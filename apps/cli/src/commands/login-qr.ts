import { renderUnicodeCompact } from 'uqr';
import { UsageError, type ExitCode } from '../failure.ts';
import type { Session } from '../session.ts';
import { verifyPassword, welcome } from './finish-login.ts';

/** Signs an account in by a QR code, drawn anew whenever Telegram wants a fresh one, and asks for the password where there is one. */
export async function loginByQr(session: Session, userId: string): Promise<ExitCode> {
  const { client, io, out } = session;
  const begun = await client.auth.startQr(userId, { signal: io.signal });
  out.note('Scan it with a phone that is signed in: Settings, Devices, Link Desktop Device.');
  draw(session, begun.url);
  let shown = begun.url;
  for await (const progress of client.auth.watchQr(userId, { signal: io.signal })) {
    if (progress.status === 'authorized')
      return welcome(session, userId, {
        ...progress,
        message: 'Successfully authorized',
        job_id: begun.job_id,
      });
    if (progress.status === 'password_required')
      return verifyPassword(session, userId, { ...progress, message: '', job_id: begun.job_id });
    if (progress.url !== shown) draw(session, progress.url);
    shown = progress.url;
  }
  throw new UsageError('the sign-in has come to no end');
}

/** On standard error: standard output is for the result. */
function draw({ out }: Session, url: string): void {
  out.note(`\n${renderUnicodeCompact(url, { border: 2 })}\n${url}`);
}
