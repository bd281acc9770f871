import type { VerifyResult } from '@gateway/contracts';

/** How a step of signing in that ended, or that wants the password, is answered. */
export function verifyBody(jobId: string, result: VerifyResult) {
  if (result.status === 'password_required') {
    const message = 'Two-factor authentication is on: verify again with the password';
    return { status: result.status, message, hint: result.hint, job_id: jobId };
  }
  return { status: result.status, message: 'Successfully authorized', job_id: jobId, user: result.user };
}
