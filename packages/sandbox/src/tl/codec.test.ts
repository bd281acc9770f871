import { describe, expect, test } from 'vitest';
import type { TlObject } from '../types.ts';
import { TlCodec } from './codec.ts';
import { TlDecodeError, TlEncodeError } from './errors.ts';
import { schemaOf } from './layers.ts';
import type { TlSchema } from './schema.ts';
import { SampleValues } from './testing/sample-values.ts';
import { TlReader } from './tl-reader.ts';
import { parseTlText } from './tl-text.ts';

/** The oldest and the newest, and each kind of source. */
const SCHEMAS = [158, 198, 227, 229].map((layer): [string, TlSchema] => [`layer ${layer}`, schemaOf(layer)]);

function small(text: string): TlCodec {
  return new TlCodec({ layer: 1, combinators: parseTlText(text) });
}

/** Bytes from groups of hex digits that are separated by spaces. */
function fromHex(groups: string): Buffer {
  return Buffer.from(groups.replaceAll(' ', ''), 'hex');
}

function problemOf(decode: () => unknown): unknown {
  try {
    decode();
  } catch (error) {
    if (error instanceof TlDecodeError) return { problem: error.problem, constructorId: error.constructorId };
    throw error;
  }
  return undefined;
}

describe.each(SCHEMAS)('%s', (_name, schema) => {
  const codec = new TlCodec(schema);
  const samples = new SampleValues(schema.combinators);

  test('decodes every encoded constructor and method, with all optional fields and with none', () => {
    expect(schema.combinators.length).toBeGreaterThan(1600);
    for (const combinator of schema.combinators) {
      for (const withOptional of [true, false]) {
        const object = samples.object(combinator, withOptional);
        const bytes = codec.encode(object, 'X');
        expect(bytes.readUInt32LE(0)).toBe(combinator.id);
        expect(codec.decode(bytes)).toEqual(object);
      }
    }
  });

  test('decodes an InputPeer where an InputUser or InputChannel is declared, and nothing else', () => {
    const user = { _: 'inputPeerUser', user_id: 5n, access_hash: 6n };
    const channel = { _: 'inputPeerChannel', channel_id: 5n, access_hash: 6n };
    const bytesOf = (method: string, argument: TlObject): Buffer => {
      const id = Buffer.alloc(4);
      id.writeUInt32LE(codec.idOf(method));
      return Buffer.concat([id, codec.encode(argument, 'X')]);
    };
    expect(codec.decode(bytesOf('users.getFullUser', user))).toEqual({ _: 'users.getFullUser', id: user });
    expect(codec.decode(bytesOf('channels.joinChannel', channel))).toMatchObject({ channel });
    const message = { _: 'inputMessagePinned' };
    expect(problemOf(() => codec.decode(bytesOf('users.getFullUser', message)))).toMatchObject({
      problem: 'wrong-type',
    });
  });

  test('encodes every result type of a method', () => {
    for (const { kind, name, result } of schema.combinators) {
      if (kind === 'method') expect(codec.resultTypeOf(name)).toBe(result);
    }
    expect(codec.resultTypeOf('users.getUsers')).toBe('Vector<User>');
    expect(codec.resultTypeOf('messages.readMentions')).toBe('messages.AffectedHistory');
    expect(codec.resultTypeOf('user')).toBeUndefined();
  });

  test('throws only TlDecodeError for truncated or changed bytes', () => {
    const bytes = codec.encode(
      {
        _: 'messages.sendMessage',
        peer: { _: 'inputPeerUser', user_id: 1n, access_hash: 2n },
        message: 'hi',
        random_id: 3n,
      },
      'X',
    );
    for (let length = 0; length < bytes.length; length += 1) {
      expect(problemOf(() => codec.decode(bytes.subarray(0, length)))).toMatchObject({
        problem: 'truncated',
      });
    }
    for (let at = 0; at < bytes.length; at += 1) {
      const changed = Buffer.from(bytes);
      changed[at] = (changed[at] ?? 0) ^ 0xff;
      problemOf(() => codec.decode(changed));
    }
  });
});

describe('a codec', () => {
  const codec = small(
    `
    empty#00000001 = Thing;
    full#00000002 flags:# big:flags.0?true name:flags.1?string size:flags.1?int list:flags.31?Vector<Thing> = Thing;
    other#00000003 id:int = Other;
    holder#00000004 first:Thing numbers:Vector<long> bare:vector<%Other> = Holder;
    two#00000005 flags:# a:flags.0?true flags2:# b:flags2.0?int = Two;
    ---functions---
    ask#00000006 {X:Type} query:!X = X;
    get#00000007 = Vector<int>;
  `.replace('%Other', 'other'),
  );

  test('encodes as TL specifies', () => {
    const holder = { _: 'holder', first: { _: 'empty' }, numbers: [1n, -1n], bare: [{ _: 'other', id: 5 }] };
    expect(codec.encode(holder, 'Holder')).toEqual(
      fromHex('04000000 01000000 15c4b51c02000000 0100000000000000ffffffffffffffff 01000000 05000000'),
    );
    expect(codec.encode({ _: 'full', name: 'abc', size: -2, list: [] }, 'Thing')).toEqual(
      fromHex('02000000 02000080 03616263 feffffff 15c4b51c00000000'),
    );
    expect(codec.encode({ _: 'two', a: true, b: 7 }, 'Two')).toEqual(
      fromHex('05000000 01000000 01000000 07000000'),
    );
    expect(codec.encode([1, 2], 'Vector<int>')).toEqual(fromHex('15c4b51c 02000000 01000000 02000000'));
    expect(codec.encode(true, 'Bool')).toEqual(fromHex('b5757299'));
  });

  test('leaves out fields that the schema does not have', () => {
    expect(codec.decode(codec.encode({ _: 'other', id: 1, news: 'later' }, 'Other'))).toEqual({
      _: 'other',
      id: 1,
    });
  });

  test.each<[TlObject, string, string]>([
    [{ _: 'other' }, 'Other', 'other.id is missing'],
    [{ _: 'other', id: null }, 'Other', 'other.id is missing'],
    [{ _: 'other', id: 1n }, 'Other', 'other.id takes a whole number of 32 bits, not bigint'],
    [{ _: 'other', id: 2 ** 31 }, 'Other', 'other.id takes a whole number'],
    [{ _: 'full', name: 'x' }, 'Thing', 'full.size is missing'],
    [
      { _: 'holder', first: { _: 'other', id: 1 }, numbers: [], bare: [] },
      'Holder',
      'holder.first takes a Thing of layer 1, not other',
    ],
    [
      { _: 'holder', first: { _: 'empty' }, numbers: [1], bare: [] },
      'Holder',
      'holder.numbers takes a bigint',
    ],
    [{ _: 'holder', first: { _: 'empty' }, bare: [] }, 'Holder', 'holder.numbers is missing'],
    [{ _: 'nothing' }, 'Thing', 'Thing takes a Thing of layer 1, not nothing'],
    [{ _: 'ask', query: { _: 'empty' } }, 'X', 'ask.query takes a call'],
  ])('refuses %o as %s: %s', (object, type, message) => {
    expect(() => codec.encode(object, type)).toThrow(TlEncodeError);
    expect(() => codec.encode(object, type)).toThrow(message);
  });

  test.each([
    ['an unknown id', 'ff000000', { problem: 'unknown-constructor', constructorId: 0xff }],
    ['a constructor of another type', '04000000 03000000', { problem: 'wrong-type', constructorId: 3 }],
    [
      'an id that is not a vector',
      '04000000 01000000 16c4b51c',
      { problem: 'wrong-type', constructorId: 0x1cb5c416 },
    ],
    ['a vector longer than the bytes', '04000000 01000000 15c4b51cffffff7f', { problem: 'truncated' }],
    ['bytes after the end', '0100000000000000', { problem: 'too-long' }],
    ['a constructor where a call belongs', '06000000 01000000', { problem: 'wrong-type', constructorId: 1 }],
  ])('reports %s', (_name, hex, expected) => {
    expect(problemOf(() => codec.decode(fromHex(hex)))).toMatchObject(expected);
  });

  test('reads nested calls, up to a limit', () => {
    const nested = (depth: number): Buffer => Buffer.from('06000000'.repeat(depth) + '07000000', 'hex');
    expect(codec.decode(nested(2))).toEqual({ _: 'ask', query: { _: 'ask', query: { _: 'get' } } });
    expect(problemOf(() => codec.decode(nested(100_000)))).toMatchObject({ problem: 'malformed' });
  });

  test('reads a wrapper up to the wrapped call', () => {
    const reader = new TlReader(fromHex('06000000 ffffffff'));
    expect(codec.readWrapper(reader)).toEqual({ _: 'ask' });
    expect(reader.position).toBe(4);
  });

  test.each([0, 1, 2, 3, 253, 254, 255, 256, 65_536, 70_001])(
    'encodes and decodes strings and bytes of %i bytes',
    (length) => {
      const strings = small('texts#00000001 a:string b:bytes c:string = Texts;');
      const object = { _: 'texts', a: 'a'.repeat(length), b: Buffer.alloc(length, 7), c: 'end' };
      const bytes = strings.encode(object, 'Texts');
      expect(bytes.length % 4).toBe(0);
      expect(strings.decode(bytes)).toEqual(object);
    },
  );

  test('names combinators that share an id, and lines that are not combinators', () => {
    expect(() => small('a#00000001 = A;\nb#00000001 = B;')).toThrow('b and a share 00000001');
    expect(() => small('a#1 b = A;')).toThrow('not a TL field: "b"');
    expect(() => small('nonsense')).toThrow('not a TL combinator: "nonsense"');
  });
});
