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

async function endedClient(sandbox: SandboxLike): Promise<MtcuteClient> {
  const made = await mtcuteClient(sandbox);
  onTestFinished(() => made.client.destroy());
  return made;
}

export interface SignedIn {
  client: TelegramClient;
  id: number;
  /** Texts received from others while the client was connected. */
  received: string[];
}

/** Signs in with the code from the control API, and with the password if it is required. */
export async function signedIn(sandbox: SandboxLike, phone: string, password?: string): Promise<SignedIn> {
  const { client, takesUpdates } = await endedClient(sandbox);
  const received: string[] = [];
  client.onNewMessage.add((message: Message) => {
    if (!message.isOutgoing) received.push(message.text);
  });
  const code = (): string => sandbox.control.lastCode(phone).code;
  const user = await client.start({
    phone,
    code,
    codeSentCallback: () => {},
    ...(password !== undefined && { password }),
  });
  await vi.waitUntil(takesUpdates);
  return { client, id: user.id, received };
}
