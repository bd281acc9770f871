import { expect, test } from 'vitest';
import { actionOf } from '../catalogue.ts';
import { digestOf, isCurrentDigest } from './digest.ts';
import { newJob } from './new-job.ts';

const TOOLS = {
  format: async (text: string) => ({ text, entities: [] }),
  pause: async () => {},
};

const ORIGIN = { requestId: 'r', idempotencyKey: 'k', bot: null, recipientOfJob: async () => 'me' };

/** The digest of a request as the API makes it. */
async function digest(type: string, body: object): Promise<string | undefined> {
  const action = actionOf(type);
  if (action === undefined) throw new Error(type);
  const request = action.request.parse(body);
  const { key } = await newJob(action, request, ORIGIN, TOOLS);
  return key?.digest;
}

const SEND = { user_id: 'alice', recipient_id: 'me', text: 'Hello' };
const NO_TEXT = { ...SEND, text: undefined };
const MEDIA = [{ type: 'photo', upload_id: `up_${'r'.repeat(22)}.${'s'.repeat(43)}.7`, spoiler: true }];
const ALBUM = [...MEDIA, { type: 'video', from: { recipient_id: '@bob', message_id: 7 }, text: 'Hello' }];
const DELETE = { user_id: 'alice', recipient_id: 'me', message_ids: [7, 8] };
const REACT = { user_id: 'alice', recipient_id: 'me', message_id: 7, emoji: '👍' };
const PIN = { user_id: 'alice', recipient_id: 'me', message_id: 7 };
const READ = { user_id: 'alice', recipient_id: 'me' };
const JOIN = { user_id: 'alice', recipient_id: 'https://t.me/joinchat/AbCdEfGhIjKlMnOp' };
const FORWARD = { ...DELETE, to_recipient_id: '@bob' };
const EDIT = { user_id: 'alice', recipient_id: 'me', message_id: 7, text: 'Hello' };

// Jobs with these digests are kept for days. If one changes, a repeat under the same key is refused after an upgrade.
test.each([
  ['send', SEND, '2:MFGYGquyxY4s3lfjXwkHSs43FVTGA44QS7t6q4OD7_g'],
  [
    'send',
    {
      ...SEND,
      parse_mode: 'HTML',
      reply_to: 5,
      silent: true,
      link_preview: false,
      send_at: '2024-01-15T12:00:00Z',
    },
    '2:Pz2MIEhuLEDcM7X-dndULIQwQuiUUVNA349Wg0xbgOA',
  ],
  ['send', { ...NO_TEXT, media: MEDIA }, '2:TUU8QCNn231TzAZbUua4runEgRYPJFwux72dT0Uyv9c'],
  [
    'send',
    { ...SEND, reply_to: 5, quote: { text: 'a', offset: 1 }, topic_id: 3 },
    '2:F7X43Vp2BNeCV8tJaEabOdD_pQUbonTFCoARPADCYiY',
  ],
  [
    'send',
    { ...NO_TEXT, location: { latitude: 52.5, longitude: 13.4, live_seconds: 60 } },
    '2:hMz2WfZMV2xvGE889hhJmNoSeHbmcPHsoyul8MTlzfI',
  ],
  [
    'send',
    { ...NO_TEXT, contact: { phone_number: '+79991234567', first_name: 'Eva' } },
    '2:4lSYHlxr-Aj6SvXPsProfR_1WQ0IvANbPL2iNEG6gC4',
  ],
  [
    'send',
    { ...NO_TEXT, poll: { question: 'Tea?', options: ['yes', 'no'], correct_option: 1 } },
    '2:gcngAK51u62TMKuuDummLLOSH98HDjzNfhZe9gfB2ME',
  ],
  ['send', { ...SEND, split: true }, '2:MFGYGquyxY4s3lfjXwkHSs43FVTGA44QS7t6q4OD7_g'],
  ['send', { ...SEND, split: false }, '2:7BxwMCcz38FY52wrL16kttkXMtpPZWW2TjTF2ugHKM4'],
  ['send', { ...SEND, typing_ms: 3_000 }, '2:YnBGjnEjAghDfIuJgJ6NvC1RCWfiAqdahQMr0bIGbjs'],
  ['send', { ...SEND, text: undefined, media: ALBUM }, '2:P7I5h9SZE5VZArTfpWNSDQW2fODT3mvY-OdI5UbjWIs'],
  ['message.edit', EDIT, '2:ueR63PEq4gfAZYIJvQ2Qvib45xio5woXz1EraV6RVvM'],
  [
    'message.edit',
    { ...EDIT, text: undefined, media: MEDIA },
    '2:mDkyszEIyoxXkA_pMS4gKWs4cYHXk-FoOQNo8HHcqJE',
  ],
  ['message.forward', FORWARD, '2:0i93WqwAOTcnSecVO87dd56622g5U5uNkBsitGqLdU8'],
  ['message.react', REACT, '2:q3_IONn_n9YT89rqwVm1dUgUZsU5MX-yeTK3L_WafFI'],
  ['message.pin', PIN, '2:JRqyOEQowDx61IrxGRlbr_LicU9km-FwlQcUmBax3Vc'],
  ['message.unpin', PIN, '2:-yu4Og54aUp-ZVjo1JddXbwLaTHnxd5KSwfwRz6_Gg8'],
  ['chat.read', READ, '2:7B-2FWn4ZnU3HQGcJVexCDfXodP3LFH5DtXcgCDs64I'],
  ['message.press', { ...PIN, data: 'yes' }, '2:EVr_rTa0h6zklti-LPe1nNfBBmzDph0a1dm6cSdrUJw'],
  ['message.press', { ...PIN, row: 0, column: 1 }, '2:mvgxkevVSeKwN8uWCXX3rUlyC-51LzqTcCtXQJW5hp4'],
  ['chat.join', JOIN, '2:Q107xGsIZxQnIeYeUlLJ45cVTX4ELpPH_0BCQlLnoNs'],
  ['chat.leave', JOIN, '2:hJ1C17JSZyL9IP5XKh4PSE-I5pgaJ5P4SDrG8Y2FwZc'],
  ['message.delete', DELETE, '2:YCaslGuGOi2_gNXADekdsb3LgFnY11Q_u61ESs3IDgA'],
])('the digest of a %s stays the same over versions: %#', async (type, body, golden) => {
  expect(await digest(type, body)).toBe(golden);
});

test('the former digest of a send is that of the versions before', async () => {
  const action = actionOf('send');
  const request = action?.request.parse({ ...SEND, silent: true, callback_url: 'https://example.com/' });
  if (action === undefined || request === undefined) throw new Error('no send');
  const { key } = await newJob(action, request, ORIGIN, TOOLS);
  // SHA-256 of the job in the order of its fields, as JSON: [{"userId":"alice","recipient":"me",…},null]
  expect(await key?.formerDigest?.()).toBe('DHUOPBlJDbFfPq5owjsoUCBZN32A2oz5oNVT_9e0d9A');
  expect(isCurrentDigest('DHUOPBlJDbFfPq5owjsoUCBZN32A2oz5oNVT_9e0d9A')).toBe(false);
});

test('the order of fields and absent ones do not count; a field that differs does', async () => {
  const fields = ['a', 'b', 'c'];
  const one = digestOf('x', { a: 1, b: { d: 1, e: 2 } }, fields);
  expect(digestOf('x', { b: { e: 2, d: 1 }, a: 1, c: undefined }, ['c', 'b', 'a'])).toBe(one);
  expect(digestOf('x', { a: 1, b: { d: 1, e: 3 } }, fields)).not.toBe(one);
  expect(digestOf('y', { a: 1, b: { d: 1, e: 2 } }, fields)).not.toBe(one);
  expect(digestOf('x', { a: 1, b: [['d', 1]] }, fields)).not.toBe(
    digestOf('x', { a: 1, b: { d: 1 } }, fields),
  );
});
