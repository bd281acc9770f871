import { beforeEach, describe } from 'vitest';
import { useStack } from '../env/use-stack.ts';
import { BOT_TOKEN } from './actions/bot.ts';
import { chats } from './actions/chats.ts';
import { deleting } from './actions/deleting.ts';
import { editingMedia } from './actions/editing-media.ts';
import { editing } from './actions/editing.ts';
import { forwarding } from './actions/forwarding.ts';
import { marking } from './actions/marking.ts';
import { pressing } from './actions/pressing.ts';

// All in one product: starting one costs more than most of these tests.
const product = useStack({ SEND_WAIT_MS: '15000', TELEGRAM_BOT_TOKEN: BOT_TOKEN });

beforeEach(async () => {
  const { control } = product().stack;
  await control.clearFaults();
  await control.answerRepeatedSends('original');
});

describe.each([
  ['Editing a message', editing],
  ['Editing a message with `media`', editingMedia],
  ['Deleting messages', deleting],
  ['Forwarding messages', forwarding],
  ['Reacting, pinning and unpinning', marking],
  ['Pressing buttons', pressing],
  ['Actions on chats', chats],
])('%s', (_name, describeActions) => describeActions(product));
