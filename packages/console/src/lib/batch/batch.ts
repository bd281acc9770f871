import type { ErrorBody, OutgoingMessage } from '@gateway/client';
import { text, type Text } from '@gateway/texts';
import type { Row, Table } from './table.ts';
import { timeIn } from './time-in.ts';

/** Where the fields of the messages come from: the index of a column, or `null` for none. */
export interface ColumnChoice {
  /** The account of all messages; `null`: that of {@link account}. */
  fixedAccount: string | null;
  account: number | null;
  recipient: number | null;
  text: number | null;
  /** Not before this time; a time without a zone is in the browser's. */
  sendAt: number | null;
}

/** A message of the file, and its line there. */
export interface BatchLine {
  line: number;
  message: OutgoingMessage & { user_id: string; text: string };
}

/** A message that the gateway refuses, and why. */
export interface RefusedLine extends BatchLine {
  error: ErrorBody;
}

/** The messages of a file, and the rows that are none. */
export interface CheckedBatch {
  lines: BatchLine[];
  problems: { line: number; problem: Text }[];
  /** Accounts that send. */
  accounts: number;
  /** Messages that repeat an earlier one word by word, to the same recipient. */
  repeated: number;
}

/** The first line of a file that {@link guessColumns} understands. The command line tool takes the same names. */
export const TEMPLATE_COLUMNS = ['user_id', 'recipient_id', 'text', 'send_at'];

/** The columns by their names, where these are those of the template. */
export function guessColumns({ columns }: Table): ColumnChoice {
  const find = (name: string) => {
    const index = columns.findIndex((each) => each.toLowerCase().replace(/[\s-]+/g, '_') === name);
    return index === -1 ? null : index;
  };
  return {
    fixedAccount: null,
    account: find('user_id'),
    recipient: find('recipient_id'),
    text: find('text'),
    sendAt: find('send_at'),
  };
}

/** A long number that a spreadsheet has rounded and shows in scientific notation. */
const ROUNDED = /^\d+(?:[.,]\d+)?e[+-]?\d+$/i;

/** Reads every row. The gateway checks what only it knows: accounts, recipients, limits. */
export function checkBatch(table: Table, choice: ColumnChoice): CheckedBatch {
  const lines: BatchLine[] = [];
  const problems: CheckedBatch['problems'] = [];
  const seen = new Set<string>();
  let repeated = 0;
  for (const row of table.rows) {
    const read = messageOf(row, choice);
    if ('problem' in read) problems.push({ line: row.line, problem: read.problem });
    else {
      lines.push({ line: row.line, message: read.message });
      const words = JSON.stringify([read.message.user_id, read.message.recipient_id, read.message.text]);
      if (seen.has(words)) repeated += 1;
      seen.add(words);
    }
  }
  return { lines, problems, accounts: new Set(lines.map(({ message }) => message.user_id)).size, repeated };
}

function messageOf(
  { cells }: Row,
  choice: ColumnChoice,
): { message: BatchLine['message'] } | { problem: Text } {
  const cell = (index: number | null) => (index === null ? '' : (cells[index] ?? ''));
  const account = choice.fixedAccount ?? cell(choice.account).trim();
  const recipient = cell(choice.recipient).trim();
  const words = cell(choice.text);
  const time = cell(choice.sendAt).trim();
  if (account === '') return { problem: text('no account') };
  if (recipient === '') return { problem: text('no recipient') };
  if (ROUNDED.test(recipient))
    return {
      problem: text('a spreadsheet has rounded the recipient {recipient}: format the column as text', {
        recipient,
      }),
    };
  if (words.trim() === '') return { problem: text('no text') };
  const sendAt = timeIn(time);
  if (time !== '' && sendAt === null)
    return { problem: text('{time} is not a time such as 2030-01-31T09:00', { time }) };
  return {
    message: {
      user_id: account,
      recipient_id: recipient,
      text: words,
      ...(sendAt !== null && { send_at: sendAt }),
    },
  };
}
