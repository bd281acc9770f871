import { describe } from 'vitest';
import { useStack } from '../env/use-stack.ts';
import { filters } from './receiving/filters.ts';
import { joining } from './receiving/joining.ts';
import { losses } from './receiving/losses.ts';
import { lostStore } from './receiving/lost-store.ts';
import { marks } from './receiving/marks.ts';
import { members } from './receiving/members.ts';
import { news } from './receiving/news.ts';
import { otherClientTests } from './receiving/other-client.ts';
import { shapes } from './receiving/shapes.ts';
import { BOT } from './receiving/tools.ts';

/** What an account receives: POST /telegram/user/receive, and its sequence of events. One product for all. */
const product = useStack({
  SEND_WAIT_MS: '15000',
  AUTH_WAIT_MS: '15000',
  TELEGRAM_BOT_TOKEN: `${BOT.slice('bot.'.length)}:a-token-of-a-bot-in-the-sandbox-123`,
});

describe.each([
  // In this order: the first turns receiving on, the last leaves alice signed out.
  ['Receiving', news],
  ['Receiving with a filter', filters],
  ['Receiving from a client that shares no code with the gateway', otherClientTests],
  ['Receiving from groups and channels', members],
  ['Receiving marks', marks],
  ['Receiving in the documented form', shapes],
  ['Receiving while a channel is joined', joining],
  ['Receiving on a Redis that loses events', lostStore],
  ['Receiving with losses', losses],
])('%s', (_name, describeTests) => describeTests(product));
