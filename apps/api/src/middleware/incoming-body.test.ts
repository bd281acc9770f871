import { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import { readIncoming } from './incoming-body.ts';

const MOST = 8;

/** A body of these pieces, that ends only where it is ended. */
function bodyOf(...pieces: string[]): Readable {
  const body = new Readable({ read() {} });
  for (const piece of pieces) body.push(piece);
  return body;
}

/** What is left of those who listened. */
const listeners = (body: Readable) =>
  ['data', 'end', 'error', 'close'].map((event) => body.listenerCount(event));

test('a body is all of its pieces, up to the limit', async () => {
  for (const pieces of [[], ['12345678'], ['12', '345', '678']]) {
    const body = bodyOf(...pieces);
    const before = listeners(body);
    const read = readIncoming(body, MOST);
    body.push(null);
    expect(Buffer.from(await read).toString()).toBe(pieces.join(''));
    expect(listeners(body)).toEqual(before);
  }
});

test('a byte more is refused while the body still comes, and the rest is left to be drained', async () => {
  const body = bodyOf('12345678', '9', 'the rest');
  const before = listeners(body);
  await expect(readIncoming(body, MOST)).rejects.toMatchObject({ code: 'PAYLOAD_TOO_LARGE' });
  expect(listeners(body)).toEqual(before);
  expect(body.isPaused()).toBe(true);
  body.push(null);
  expect(await body.toArray()).toEqual([Buffer.from('the rest')]);
});

test.each([undefined, new Error('aborted')])(
  'a caller that hangs up ends it (%s), be it before it is read',
  async (error) => {
    const body = bodyOf('1234');
    const before = listeners(body);
    const read = readIncoming(body, MOST);
    body.destroy(error);
    const incomplete = { code: 'MALFORMED_JSON', ...(error && { cause: error }) };
    await expect(read).rejects.toMatchObject(incomplete);
    expect(listeners(body)).toEqual(before);
    await expect(readIncoming(body, MOST)).rejects.toMatchObject(incomplete);
  },
);

test('of a body that was read already nothing is waited for', async () => {
  const body = Readable.from(['1234'], { autoDestroy: false });
  await body.forEach(() => {});
  await expect(readIncoming(body, MOST)).rejects.toMatchObject({ code: 'MALFORMED_JSON' });
});
