import { expect } from 'vitest';
import type { SignedIn } from '../../../packages/sandbox/src/testing/mtcute-users.ts';
import type { Stack } from '../../env/stack.ts';

/** Creates a chat of these people, the first as its creator, and waits until the other client knows it. */
export async function chatKnownTo(
  { client }: SignedIn,
  { control }: Pick<Stack, 'control'>,
  chat: Parameters<Stack['control']['newChat']>[0],
): Promise<{ id: string; link: string }> {
  const { id, invite_link: link } = await control.newChat(chat);
  const isKnown = async () => {
    for await (const { peer } of client.iterDialogs()) if (peer.id === Number(id)) return true;
    return false;
  };
  await expect.poll(isKnown).toBe(true);
  return { id, link };
}
