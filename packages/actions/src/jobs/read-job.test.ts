import { expect, test } from 'vitest';
import { readJob } from './read-job.ts';

const SEND = { userId: 'alice', requestId: 'r', digest: '', recipient: 'me', text: 'x', linkPreview: true };

test.each([
  ['of the former version, which had none', SEND],
  ['of this version', { ...SEND, v: 1 }],
])('a job %s is known', (_which, data) => {
  expect(readJob('send', data)).toMatchObject({ is: 'known', name: 'send', data });
});

test.each([
  ['kind', 'message.sparkle', SEND, 'there is no action message.sparkle'],
  ['version', 'send', { ...SEND, v: 2 }, 'send has version 2, this worker knows 1'],
  ['option', 'send', { ...SEND, effect: 'confetti' }, 'send has the unknown field effect'],
  [
    'version, whatever its fields are',
    'send',
    { ...SEND, v: 2, text: { runs: [] } },
    'send has version 2, this worker knows 1',
  ],
  ['name of a built-in property', 'constructor', SEND, 'there is no action constructor'],
])('an unknown %s needs a newer worker', (_what, name, data, why) => {
  expect(readJob(name, data)).toEqual({ is: 'newer', why });
});

test.each([
  ['send', { text: 'x' }],
  ['message.sparkle', { text: 'x' }],
  ['send', { ...SEND, text: 1 }],
  ['send', null],
  ['send', 'x'],
])('what the product never enqueued is broken: %#', (name, data) => {
  expect(readJob(name, data)).toEqual({ is: 'broken' });
});
