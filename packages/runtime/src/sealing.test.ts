import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { Sealer, SealingError } from './sealing.ts';

const CONTEXT = 'session:user123';
const PLAIN = 'сессия 🔑 of user123';

function failureOf(open: () => string): string {
  try {
    return `opened: ${open()}`;
  } catch (error) {
    if (!(error instanceof SealingError)) throw error;
    expect(error.kind).toBe('session');
    expect(error.message).toContain('sealed session data cannot be opened');
    expect(error.message).not.toContain('user123');
    return error.failure;
  }
}

describe('a sealer', () => {
  it('opens what it sealed, even an empty text', () => {
    const sealer = new Sealer([randomBytes(32)]);
    for (const plain of ['', 'a', PLAIN, 'x'.repeat(1_000_000)])
      expect(sealer.open(sealer.seal(plain, CONTEXT), CONTEXT)).toBe(plain);
  });

  it('writes v1, the key id and base64url, a different text each time', () => {
    const sealer = new Sealer([randomBytes(32)]);
    const sealed = sealer.seal(PLAIN, CONTEXT);
    expect(sealed).toMatch(/^v1\.[0-9a-f]{8}\.[A-Za-z0-9_-]+$/);
    expect(sealer.seal(PLAIN, CONTEXT)).not.toBe(sealed);
  });

  it('opens data that an earlier release sealed', () => {
    const sealed = 'v1.4cf00709.rxYGo7ngRtrCLXSUXoQUKnO9jQlw5St9npToqdYcqyeITi7IwXss3oIp';
    expect(new Sealer([Buffer.alloc(32, 7)]).open(sealed, CONTEXT)).toBe('kept for years');
  });

  it('does not open under another context: neither another account nor another kind', () => {
    const sealer = new Sealer([randomBytes(32)]);
    const sealed = sealer.seal(PLAIN, CONTEXT);
    for (const context of ['session:user124', 'session:', 'session:user123 ', 'session']) {
      expect(failureOf(() => sealer.open(sealed, context))).toBe('tampered');
    }
    expect(() => sealer.open(sealed, 'login:user123')).toThrow(SealingError);
    expect(() => sealer.open(sealed, 'login:user123')).toThrow('sealed login data');
  });

  it('does not open if any character was changed, added or removed', () => {
    const sealer = new Sealer([randomBytes(32)]);
    const sealed = sealer.seal('secret', CONTEXT);
    for (let at = 0; at < sealed.length; at += 1) {
      const changed = sealed.slice(0, at) + (sealed[at] === 'A' ? 'Q' : 'A') + sealed.slice(at + 1);
      expect(
        failureOf(() => sealer.open(changed, CONTEXT)),
        `character ${at}`,
      ).toMatch(/^(?:malformed|unknown_key|tampered)$/);
      expect(
        failureOf(() => sealer.open(sealed.slice(0, at), CONTEXT)),
        `cut at ${at}`,
      ).toMatch(/^(?:malformed|tampered)$/);
    }
    expect(failureOf(() => sealer.open(`${sealed}AAAA`, CONTEXT))).toBe('tampered');
  });

  it.each([
    '',
    'garbage',
    'v1',
    'v1..',
    'v1.00000000.',
    'v1.00000000.AAAA',
    'v2.00000000.AAAA',
    '{"session":"1BAA"}',
    'v1.00000000.не то',
  ])('reports that %j is not sealed text', (text) => {
    expect(failureOf(() => new Sealer([randomBytes(32)]).open(text, CONTEXT))).toBe('malformed');
  });

  it('opens with any of its keys, and seals with the first', () => {
    const [former, current] = [randomBytes(32), randomBytes(32)];
    const rotated = new Sealer([current, former]);
    expect(rotated.open(new Sealer([former]).seal(PLAIN, CONTEXT), CONTEXT)).toBe(PLAIN);
    expect(new Sealer([current]).open(rotated.seal(PLAIN, CONTEXT), CONTEXT)).toBe(PLAIN);
    expect(failureOf(() => new Sealer([former]).open(rotated.seal(PLAIN, CONTEXT), CONTEXT))).toBe(
      'unknown_key',
    );
  });

  it('names the id of a missing key, and what to do', () => {
    const sealed = new Sealer([randomBytes(32)]).seal(PLAIN, CONTEXT);
    const [, keyId = ''] = sealed.split('.');
    expect(() => new Sealer([randomBytes(32)]).open(sealed, CONTEXT)).toThrow(keyId);
    expect(() => new Sealer([randomBytes(32)]).open(sealed, CONTEXT)).toThrow(
      'SESSION_ENCRYPTION_KEY_PREVIOUS',
    );
  });

  it('keeps its own copy of a key', () => {
    const key = randomBytes(32);
    const sealer = new Sealer([key]);
    const sealed = sealer.seal(PLAIN, CONTEXT);
    const other = new Sealer([Uint8Array.from(key)]);
    key.fill(0);
    expect(other.open(sealer.seal(PLAIN, 'job:auth.verify:user123'), 'job:auth.verify:user123')).toBe(PLAIN);
    expect(other.open(sealed, CONTEXT)).toBe(PLAIN);
  });

  it('accepts only keys of 32 bytes', () => {
    expect(() => new Sealer([randomBytes(31)])).toThrow(RangeError);
    expect(() => new Sealer([randomBytes(32), randomBytes(33)])).toThrow(RangeError);
  });
});
