import type { VerifyResult } from '@gateway/contracts';

/** The response to a sign-in step that signed the account in, or that requires the password. */
export function signInAnswer(jobId: string, result: VerifyResult) {
  if (result.status === 'password_required') {
    const message = 'Two-factor authentication is on: verify again with the password';
    return { status: result.status, message, hint: result.hint, job_id: jobId };
  }
  return { status: result.status, message: 'Successfully authorized', job_id: jobId, user: result.user };
}
