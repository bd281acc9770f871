import { describe, expect, test } from 'vitest';
import { SseParser } from './sse-parser.ts';

const parse = (...pieces: string[]) => {
  const parser = new SseParser();
  return pieces.flatMap((piece) => parser.push(piece));
};

describe('reading server-sent events', () => {
  test('parses fields, sticky ids, data of several lines and the space after the colon', () => {
    expect(parse('event: a\nid: 7\ndata:  x\ndata:y\n\ndata\n\n')).toEqual([
      { event: 'a', data: ' x\ny', id: '7' },
      { event: 'message', data: '', id: '7' },
    ]);
  });

  test('ignores comments, unknown fields and events without data', () => {
    expect(parse(': still here\n\nevent: a\n\nfoo: bar\ndata: x\n\n')).toEqual([
      { event: 'message', data: 'x', id: '' },
    ]);
  });

  test('drops an event that is incomplete at the end of the stream', () => {
    expect(parse('data: whole\n\ndata: half\n')).toHaveLength(1);
  });

  test('keeps retry: if it is a number', () => {
    const parser = new SseParser();
    parser.push('retry: soon\n');
    expect(parser.retryMs).toBeNull();
    parser.push('retry: 1500\n');
    expect(parser.retryMs).toBe(1500);
  });

  test.each([
    ['LF', '\n'],
    ['CRLF', '\r\n'],
    ['CR', '\r'],
  ])('with %s, wherever it is cut', (_name, newline) => {
    const text = ['event: a', 'id: 1', 'data: Привет', 'data: 👋', '', ': c', 'data: z', '', ': end'].join(
      newline,
    );
    const expected = [
      { event: 'a', data: 'Привет\n👋', id: '1' },
      { event: 'message', data: 'z', id: '1' },
    ];
    expect(parse(...Array.from(text))).toEqual(expected);
    for (let at = 0; at <= text.length; at += 1)
      expect(parse(text.slice(0, at), text.slice(at))).toEqual(expected);
  });
});
