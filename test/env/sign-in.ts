import type { ApiClient } from './api-client.ts';
import type { SandboxControl } from './sandbox-control.ts';

/**
 * Signs in a phone of the sandbox as `userId`, with the code that the sandbox shows.
 * @returns its Telegram id.
 */
export async function signIn(
  api: ApiClient,
  control: SandboxControl,
  userId: string,
  phone: string,
): Promise<number> {
  const started = await api.startSignIn(userId, phone);
  if (started.status !== 200) throw new Error(`${userId}, start: ${JSON.stringify(started.body)}`);
  const verified = await api.verify(userId, { phone_code: await control.code(phone) });
  if (verified.status !== 200) throw new Error(`${userId}, verify: ${JSON.stringify(verified.body)}`);
  return verified.body.user.id;
}
