import type { ActionName } from '@gateway/actions';
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
  const run = ACTIONS[step.action.name] as (client: ActionClient, step: Step) => Promise<StepOutcome>;
  return run(client, step);
}
