import { beforeEach, describe } from 'vitest';
import { useStack } from '../env/use-stack.ts';
import { attachments } from './sends/attachments.ts';
import { pasted } from './sends/pasted.ts';
import { topics } from './sends/topics.ts';
import { typingFirst } from './sends/typing-first.ts';

// All in one product: starting one costs more than most of these tests.
const product = useStack({ SEND_WAIT_MS: '15000' });

beforeEach(async () => {
  const { control } = product().stack;
  await control.clearFaults();
  await control.answerRepeatedSends('original');
});

describe.each([
  ['What people paste', pasted],
  ['A send with `topic_id` and `quote`', topics],
  ['A send of a `location`, `contact` or `poll`', attachments],
  ['A send with `typing_ms`', typingFirst],
])('%s', (_name, describeSends) => describeSends(product));
