import type { ActionName } from '@gateway/actions';
import { TelegramFailure } from '@gateway/telegram';
import { recipientOf } from '../accounts/recipients.ts';
import { otherChat, unknownNames } from '../lane/dependency.ts';
import { editMessage } from './edit-message.ts';
import { forwardMessages } from './forward-messages.ts';
import { joinChat, leaveChat } from './membership.ts';
import { oneCall } from './one-call.ts';
import { pressButton } from './press-button.ts';
import { sendMessage } from './send-message.ts';
import type { ActionClient, RunStep, Step, StepOutcome } from './step.ts';

const ACTIONS: { [N in ActionName]: RunStep<N> } = {
  send: sendMessage,
  'message.edit': editMessage,
  'message.delete': oneCall('message.delete'),
  'message.forward': forwardMessages,
  'message.react': oneCall('message.react'),
  'message.pin': oneCall('message.pin'),
  'message.unpin': oneCall('message.unpin'),
  'message.press': pressButton,
  'chat.read': oneCall('chat.read'),
  'chat.join': joinChat,
  'chat.leave': leaveChat,
};

/** Runs the step at Telegram. @throws {TelegramFailure} */
export async function runStep(client: ActionClient, step: Step): Promise<StepOutcome> {
  await refuseOtherChat(client, step);
  const run = ACTIONS[step.action.name] as (client: ActionClient, step: Step) => Promise<StepOutcome>;
  return run(client, step);
}

/**
 * Looks up names without which nobody can tell whether the job names the chat of the job that it waited for.
 * @throws {TelegramFailure} `VALIDATION` if it names another chat.
 */
async function refuseOtherChat(client: ActionClient, { job, askedAt, chatOf }: Step): Promise<void> {
  const names = unknownNames(job, chatOf);
  if (names.length === 0) return;
  for (const name of names) await client.run('recipient.find', { recipient: recipientOf(name), askedAt });
  const error = otherChat(job, chatOf);
  if (error !== null) throw new TelegramFailure({ outcome: 'fail', asked: false }, error);
}
