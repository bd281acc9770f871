import { inviteHash } from '@gateway/contracts';
import type { CallOptions } from '@gateway/telegram';
import { recipientOf } from '../accounts/recipients.ts';
import type { RunStep } from './step.ts';

export const joinChat: RunStep<'chat.join'> = async (client, { job, progress, askedAt }) => {
  const result = await client.run('chat.join', { target: targetOf(job.recipient), askedAt });
  return { progress: { ...progress, result } };
};

export const leaveChat: RunStep<'chat.leave'> = async (client, { job, progress, askedAt }) => {
  const result = await client.run('chat.leave', { target: targetOf(job.recipient), askedAt });
  return { progress: { ...progress, result } };
};

/** @throws {GatewayError} for an id that the API should have refused. */
function targetOf(recipient: string): CallOptions<'chat.join'>['target'] {
  const invite = inviteHash(recipient);
  return invite === undefined ? { recipient: recipientOf(recipient) } : { invite };
}
