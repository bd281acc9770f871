import { describe, expect, test } from 'vitest';
import { UsageError } from '../failure.ts';
import { readBatch } from './read-batch.ts';

describe('a .jsonl file', () => {
  test('has one message per line; the command line sets missing fields', () => {
    const text =
      '\uFEFF{"recipient_id":1,"text":"a"}\r\n\n{"user_id":"bob","recipient_id":"me","text":"b","silent":true}\n';
    expect(readBatch('x.jsonl', text, { user_id: 'alice', silent: undefined }).lines).toEqual([
      { line: 1, message: { user_id: 'alice', recipient_id: 1, text: 'a' } },
      { line: 3, message: { user_id: 'bob', recipient_id: 'me', text: 'b', silent: true } },
    ]);
  });

  test('treats null as absent', () => {
    const text = '{"user_id":null,"recipient_id":"me","text":"a","silent":null}';
    expect(readBatch('x.jsonl', text, { user_id: 'alice', silent: true }).lines).toEqual([
      { line: 1, message: { user_id: 'alice', recipient_id: 'me', text: 'a', silent: true } },
    ]);
  });

  test.each(['{', '[]', 'null', '{"text":"x"}', '{"recipient_id":"me","text":7}'])(
    '%s is reported with its line',
    (bad) => {
      const text = `{"recipient_id":"me","text":"x"}\n${bad}\n`;
      expect(() => readBatch('x.jsonl', text, { user_id: 'alice' })).toThrow(/^line 2: /);
    },
  );
});

describe('a .csv file', () => {
  const read = (text: string) => readBatch('x.CSV', text, { user_id: 'alice' }).lines;

  test('has the names of fields in its first line, and any text in quoted cells', () => {
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
      'a missing column',
      'recipient_id,message\nme,x',
      /line 1: has no column text\. .* user_id, recipient_id, /,
    ],
    ['a missing first line', 'me,x\nyou,y', /line 1: has no column recipient_id, text/],
    ['a column that occurs twice', 'recipient_id,text,Text\nme,x,y', /line 1: the column text occurs twice/],
    ['a cell too many', 'recipient_id,text\nme,x,y', /line 2: has 3 cells/],
    ['a cell too few', 'recipient_id,text\nme,x\nme\n', /line 3: user_id, recipient_id and text are needed/],
    ['a text that is cut by a line end', 'recipient_id,text\nme,x\nand more\n', /line 3: .* are needed/],
    [
      'a rounded id',
      'recipient_id,text\n"7,99912E+10",x',
      /line 2: recipient_id is 7,99912E\+10: a spreadsheet/,
    ],
    ['a quote within a quoted cell', 'recipient_id,text\nme,"x"y"', /line 2: a quote/],
    ['a quote after a sep line', 'sep=;\nrecipient_id;text\nme;x"y', /line 3: a quote/],
    ['an open quote', 'recipient_id,text\nme,x\nme,"y', /line 3: a quote/],
    ['a stray quote', 'recipient_id,text\nme,x"y', /line 2: a quote/],
    ['no flag', 'recipient_id,text,silent\nme,x,yes', /line 2: silent must be true or false/],
    ['no number', 'recipient_id,text,reply_to\nme,x,-1', /line 2: reply_to must be a number/],
    ['no text', 'recipient_id\nme', /line 1: has no column text/],
    ['nothing', 'recipient_id,text\n', /contains no message/],
  ])('%s is reported with its line', (_what, text, message) => {
    expect(() => read(text)).toThrow(message);
    expect(() => read(text)).toThrow(UsageError);
  });
});

test('a line of a .jsonl file needs no text if it has something else to send', () => {
  const { lines } = readBatch('x.jsonl', '{"recipient_id":"me","location":{"latitude":1,"longitude":2}}', {
    user_id: 'alice',
  });
  expect(lines[0]?.message.location).toEqual({ latitude: 1, longitude: 2 });
});

describe('a table as a spreadsheet saves it', () => {
  const brief = (text: string, name = 'x.csv') =>
    readBatch(name, text, { user_id: 'alice' }).lines.map(({ line, message }) => [
      line,
      message.recipient_id,
      message.text,
    ]);

  test.each<[string, string, (number | string)[][]?]>([
    ['semicolons', 'recipient_id;text\nme;a, b\nyou;c'],
    ['tabs', 'recipient_id\ttext\nme\ta, b\nyou\tc'],
    ['a line that names the separator', 'sep=;\r\nrecipient_id;text\r\nme;a, b\r\nyou;c\r\n', [[3], [4]]],
    ['that line in capitals and quotes', '"SEP=\t"\nrecipient_id\ttext\nme\ta, b\nyou\tc', [[3], [4]]],
    ['carriage returns', 'recipient_id;text\rme;a, b\ryou;c\r'],
    ['names in capitals, with spaces', ' Recipient ID ;TEXT\nme;a, b\nyou;c'],
    ['names in quotes', '"recipient_id";"text"\n"me";"a, b"\n"you";"c"'],
    ['invisible marks in a name', '\u200erecipient_id;text\u200b\nme;a, b\nyou;c'],
    ['empty lines', 'recipient_id;text\n\n;;\nme;a, b\n  \nyou;c\n\n', [[4], [6]]],
    ['empty columns at the end', 'recipient_id;text;;\nme;a, b;;\nyou;c;;'],
  ])('with %s', (_what, text, lines = [[2], [3]]) => {
    expect(brief(text)).toEqual([
      [lines[0]?.[0], 'me', 'a, b'],
      [lines[1]?.[0], 'you', 'c'],
    ]);
  });

  test('as .tsv', () => {
    expect(brief('recipient_id\ttext\nme\tx', 'x.tsv')).toEqual([[2, 'me', 'x']]);
  });

  test('with columns that are not fields: ignored with a warning', () => {
    const { lines, notes } = readBatch('x.csv', 'Name;recipient_id;text;Born\nBob;me;x;1990', {
      user_id: 'a',
    });
    expect(lines).toEqual([{ line: 2, message: { user_id: 'a', recipient_id: 'me', text: 'x' } }]);
    expect(notes).toEqual(['Columns that are not fields are ignored: Name, Born']);
  });

  test('with flags in capitals', () => {
    const [first] = readBatch('x.csv', 'recipient_id,text,silent\nme,x, TRUE ', { user_id: 'a' }).lines;
    expect(first?.message.silent).toBe(true);
  });

  test('that was converted wrongly: with a warning', () => {
    const { notes } = readBatch('x.csv', 'recipient_id,text\nme,\ufffd\ufffd', { user_id: 'a' });
    expect(notes).toEqual([expect.stringContaining('line 2: the text contains')]);
  });

  // Line numbers are part of each message's key. A batch that an older version started must continue with the same
  // ones.
  test('with unchanged line numbers', () => {
    const text = 'recipient_id,text\r\na,"one\r\ntwo"\r\n\r\nb,"x\ry"\r\n"c","d\n\n"\ne,f';
    expect(brief(text).map(([line]) => line)).toEqual([2, 5, 6, 9]);
  });

  test('of 20 MB is read in seconds', () => {
    const rows = `me,"${'long text '.repeat(100)}"\n`.repeat(20_000);
    expect(brief(`recipient_id,text\n${rows}`)).toHaveLength(20_000);
    expect(brief(`recipient_id,text\nme,"${'x'.repeat(20e6)}"`)).toHaveLength(1);
  });
});

test('a .jsonl file with an array is refused with what to write instead', () => {
  for (const text of ['[{"recipient_id":1,"text":"a"}]', '[\n{"recipient_id":1,"text":"a"}\n]'])
    expect(() => readBatch('x.jsonl', text, { user_id: 'a' })).toThrow(
      'line 1: is not a JSON object: write one',
    );
});

test('a .jsonl file may have lines that end in CR', () => {
  const text = '{"recipient_id":1,"text":"a"}\r{"recipient_id":2,"text":"b"}\r';
  expect(readBatch('x.jsonl', text, { user_id: 'a' }).lines.map(({ line }) => line)).toEqual([1, 2]);
});

test('other files are refused', () => {
  expect(() => readBatch('x.xlsx', '', {})).toThrow('must be a .jsonl, .csv or .tsv file');
});
