import { signedIn, type SignedIn } from '../../packages/sandbox/src/testing/mtcute-users.ts';
import type { Stack } from './stack.ts';

/** Signs in another client of the phone's owner, until the test has ended. It shares no code with the gateway. */
export async function otherClient(stack: Pick<Stack, 'telegram'>, phone: string): Promise<SignedIn> {
  // The code that every test account of the sandbox gets.
  const lastCode = () => ({ phone, code: '22222', delivery: 'app' as const });
  return signedIn({ ...(await stack.telegram()), control: { lastCode } }, phone);
}
