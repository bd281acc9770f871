import { randomBytes, randomInt } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { FullFraming, MAX_PACKET, TransportError } from './framing.ts';
import { ClientTransport, TRANSPORTS, type TransportName } from './testing/client-transport.ts';
import { ServerTransport } from './transport.ts';

/** A packet that looks like an encrypted message with this number of AES blocks. */
function packet(blocks: number): Buffer {
  return Buffer.concat([Buffer.from([1]), randomBytes(23 + blocks * 16)]);
}

function plainPacket(bodyLength: number): Buffer {
  const header = Buffer.alloc(20);
  header.writeUInt32LE(bodyLength, 16);
  return Buffer.concat([header, randomBytes(bodyLength)]);
}

function chunks(bytes: Buffer, size: () => number): Buffer[] {
  const parts: Buffer[] = [];
  for (let at = 0; at < bytes.length;) {
    const length = size();
    parts.push(bytes.subarray(at, at + length));
    at += length;
  }
  return parts;
}

const CHUNKINGS: [string, () => number][] = [
  ['byte by byte', () => 1],
  ['in threes', () => 3],
  ['in pieces of any size', () => 1 + randomInt(700)],
  ['at once', () => Number.MAX_SAFE_INTEGER],
];

const KINDS = TRANSPORTS.flatMap((name): [TransportName, boolean][] =>
  name === 'full'
    ? [[name, false]]
    : [
        [name, false],
        [name, true],
      ],
);

describe.each(KINDS)('%s, obfuscated: %s', (name, isObfuscated) => {
  test.each(CHUNKINGS)('transfers packets in both directions, %s', (_chunking, size) => {
    const client = new ClientTransport(name, isObfuscated);
    const server = new ServerTransport();
    const packets = [plainPacket(40), packet(3), packet(40), plainPacket(0), packet(600), packet(2)];

    const there = Buffer.concat(packets.map((each) => client.encode(each)));
    expect(chunks(there, size).flatMap((chunk) => server.receive(chunk))).toEqual(packets);

    const back = Buffer.concat(packets.map((each) => server.encode(each) ?? Buffer.alloc(0)));
    expect(chunks(back, size).flatMap((chunk) => client.receive(chunk))).toEqual(packets);
  });

  test('transfers a transport error as four bytes without padding', () => {
    const client = new ClientTransport(name, isObfuscated);
    const server = new ServerTransport();
    server.receive(client.encode(packet(3)));
    const error = Buffer.from('6cfeffff', 'hex');
    for (let i = 0; i < 20; i += 1)
      expect(client.receive(server.encode(error) ?? Buffer.alloc(0))).toEqual([error]);
  });

  test('refuses a packet over the limit', () => {
    const client = new ClientTransport(name, isObfuscated);
    const server = new ServerTransport();
    const tooLarge = client.encode(Buffer.alloc(MAX_PACKET + 4));
    expect(() => server.receive(tooLarge.subarray(0, 100))).toThrow(TransportError);
  });
});

test('nothing can be sent before the client has named its transport', () => {
  expect(new ServerTransport().encode(packet(3))).toBeUndefined();
});

test('the full transport refuses packets out of order', () => {
  const framing = new FullFraming();
  const [first, second] = [framing.frame(packet(3)), framing.frame(packet(3))];
  const server = new ServerTransport();
  server.receive(first);
  expect(() => server.receive(first)).toThrow('packet 0 where 1 was due');
  const other = new ServerTransport();
  other.receive(first);
  expect(other.receive(second)).toHaveLength(1);
});

test('the full transport checks the CRC', () => {
  const frame = new FullFraming().frame(packet(3));
  frame[20] = (frame[20] ?? 0) ^ 1;
  expect(() => new ServerTransport().receive(frame)).toThrow('a wrong CRC-32');
});

test('a request for a quick ack is accepted and ignored', () => {
  const server = new ServerTransport();
  const sent = packet(3);
  expect(
    server.receive(Buffer.concat([Buffer.from('ef', 'hex'), Buffer.from([0x80 | (sent.length / 4)]), sent])),
  ).toEqual([sent]);
  const header = Buffer.alloc(4);
  header.writeUInt32LE((sent.length | 0x80_00_00_00) >>> 0);
  expect(
    new ServerTransport().receive(Buffer.concat([Buffer.from('eeeeeeee', 'hex'), header, sent])),
  ).toEqual([sent]);
});

test.each([
  [
    'an HTTP request',
    Buffer.from('GET / HTTP/1.1\r\nHost: example.org\r\nAccept: text/html,application/xhtml+xml\r\n\r\n'),
  ],
  ['zeros', Buffer.alloc(200)],
  ['a length of zero', Buffer.from('eeeeeeee0000000000000000', 'hex')],
  ['an odd length', Buffer.from('eeeeeeee1100000000000000', 'hex')],
])('%s: the only error is a TransportError', (_name, bytes) => {
  expect(() => new ServerTransport().receive(bytes)).toThrow(TransportError);
});

test('random bytes cause a TransportError or a wait for more, and nothing else', () => {
  for (let i = 0; i < 2000; i += 1) {
    const server = new ServerTransport();
    try {
      for (const chunk of chunks(randomBytes(200), () => 1 + randomInt(64))) server.receive(chunk);
    } catch (error) {
      expect(error).toBeInstanceOf(TransportError);
    }
  }
});
