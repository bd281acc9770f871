import { MemoryStorage } from '@mtcute/core';
import type { Message, TelegramClient } from '@mtcute/node';
import { onTestFinished, vi } from 'vitest';
import type { CodeView } from '../control/views.ts';
import type { Sandbox } from '../sandbox.ts';
import { mtcuteClient, type MtcuteClient } from './mtcute-client.ts';

/** The parts of a sandbox that signing in needs. */
export interface SandboxLike extends Pick<Sandbox, 'dataCenters' | 'publicKeyPem'> {
  control: { lastCode: (phone: string) => CodeView };
}

/** Creates a client that is destroyed at the end of the test. */
export async function newClient(sandbox: SandboxLike): Promise<TelegramClient> {
  return (await endedClient(sandbox)).client;
}

async function endedClient(
  sandbox: SandboxLike,
  options?: Parameters<typeof mtcuteClient>[1],
): Promise<MtcuteClient> {
  const made = await mtcuteClient(sandbox, options);
  onTestFinished(() => made.client.destroy());
  return made;
}

export interface SignedIn {
  client: TelegramClient;
  id: number;
  /** Texts received from others while the client was connected. */
  received: string[];
  /** Texts of edits by others, and ids of deleted messages. */
  edited: string[];
  deleted: number[];
  /** Goes offline. `comeBack` signs in again, and catches up with what was missed. */
  leave: () => Promise<{ comeBack: () => Promise<SignedIn> }>;
}

/** Signs in with the code from the control API, and with the password if it is required. */
export async function signedIn(sandbox: SandboxLike, phone: string, password?: string): Promise<SignedIn> {
  return signedInWith(sandbox, phone, { password, storage: new MemoryStorage(), catchUp: false });
}

interface SignInOptions {
  password: string | undefined;
  storage: MemoryStorage;
  catchUp: boolean;
}

async function signedInWith(sandbox: SandboxLike, phone: string, options: SignInOptions): Promise<SignedIn> {
  const { password, storage, catchUp } = options;
  const { client, takesUpdates } = await endedClient(sandbox, { storage, catchUp });
  const [received, edited, deleted]: [string[], string[], number[]] = [[], [], []];
  client.onNewMessage.add((message: Message) => {
    if (!message.isOutgoing) received.push(message.text);
  });
  client.onEditMessage.add((message: Message) => {
    if (!message.isOutgoing) edited.push(message.text);
  });
  client.onDeleteMessage.add(({ messageIds }) => void deleted.push(...messageIds));
  const code = (): string => sandbox.control.lastCode(phone).code;
  const user = await client.start({
    phone,
    code,
    codeSentCallback: () => {},
    ...(password !== undefined && { password }),
  });
  await vi.waitUntil(takesUpdates, { timeout: 10_000 });
  const leave = async () => {
    await client.destroy();
    return { comeBack: () => signedInWith(sandbox, phone, { ...options, catchUp: true }) };
  };
  return { client, id: user.id, received, edited, deleted, leave };
}
