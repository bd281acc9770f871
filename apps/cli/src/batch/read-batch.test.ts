import { describe, expect, test } from 'vitest';
import { UsageError } from '../failure.ts';
import { readBatch } from './read-batch.ts';

describe('a .jsonl file', () => {
  test('is a message a line; what it does not say is as the command line says', () => {
    const text =
      '\uFEFF{"recipient_id":1,"text":"a"}\r\n\n{"user_id":"bob","recipient_id":"me","text":"b","silent":true}\n';
    expect(readBatch('x.jsonl', text, { user_id: 'alice', silent: undefined })).toEqual([
      { line: 1, message: { user_id: 'alice', recipient_id: 1, text: 'a' } },
      { line: 3, message: { user_id: 'bob', recipient_id: 'me', text: 'b', silent: true } },
    ]);
  });

  test.each(['{', '[]', 'null', '{"text":"x"}', '{"recipient_id":"me","text":7}'])(
    '%s is told by its line',
    (bad) => {
      const text = `{"recipient_id":"me","text":"x"}\n${bad}\n`;
      expect(() => readBatch('x.jsonl', text, { user_id: 'alice' })).toThrow(/^line 2: /);
    },
  );
});

describe('a .csv file', () => {
  const read = (text: string) => readBatch('x.CSV', text, { user_id: 'alice' });

  test('has names of fields as its first line, and quoted cells with anything in them', () => {
    const text =
      '\uFEFFrecipient_id,text,reply_to,silent\r\n@bob,"Hi, ""Bob"",\nhow are you?",7,true\r\n\r\n+7999,plain,,\r\n';
    expect(read(text)).toEqual([
      {
        line: 2,
        message: {
          user_id: 'alice',
          recipient_id: '@bob',
          text: 'Hi, "Bob",\nhow are you?',
          reply_to: 7,
          silent: true,
        },
      },
      { line: 5, message: { user_id: 'alice', recipient_id: '+7999', text: 'plain' } },
    ]);
  });

  test.each([
    [
      'an unknown column',
      'recipient_id,message\nme,x',
      /line 1: "message" is no column; columns are user_id,/,
    ],
    ['a cell too many', 'recipient_id,text\nme,x,y', /line 2: has more cells/],
    ['an open quote', 'recipient_id,text\nme,x\nme,"y', /line 3: a quote/],
    ['a stray quote', 'recipient_id,text\nme,x"y', /line 2: a quote/],
    ['no flag', 'recipient_id,text,silent\nme,x,yes', /line 2: silent must be true or false/],
    ['no number', 'recipient_id,text,reply_to\nme,x,-1', /line 2: reply_to must be a number/],
    ['no text', 'recipient_id\nme', /line 2: .*text/],
    ['nothing', 'recipient_id,text\n', /holds no message/],
  ])('%s is told by its line', (_what, text, message) => {
    expect(() => read(text)).toThrow(message);
    expect(() => read(text)).toThrow(UsageError);
  });
});

test('other files are refused', () => {
  expect(() => readBatch('x.xlsx', '', {})).toThrow('must be a .jsonl or .csv file');
});
