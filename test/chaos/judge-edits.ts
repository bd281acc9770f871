import type { ChangeJob } from './change-job.ts';
import { nameOf, type ArrivedMessage } from './judge.ts';
import { editOf, labelOf, type Label } from './texts.ts';

/** An edit that was posted to the API. Its label is that of the edited message. */
export interface PostedEdit extends Label {
  /** Ascending within the chat, in the order of acceptance. */
  edit: number;
  /** `null`: it names the job that sends the message, and has not reported the id yet. */
  messageId: number | null;
  text: string;
}

/** An edit that the API has accepted. */
export type AcceptedEdit = PostedEdit & ChangeJob;

/** The first two are faults, one line each. */
export interface EditVerdict {
  /** The message lacks the text of its last completed edit. */
  lost: string[];
  /** The message has an edit's text that nobody posted, that differs from the posted one, or whose job failed. */
  wrong: string[];
  /** Jobs that ended with an unknown outcome. */
  unknown: string[];
}

/**
 * Compares the edits with the messages' final texts. A message must have the text of its last completed edit, or of a
 * later one whose outcome is unknown.
 * @param undecided edits of which it is unknown whether they were accepted.
 */
export function judgeEdits(
  accepted: readonly AcceptedEdit[],
  arrived: readonly ArrivedMessage[],
  undecided: readonly PostedEdit[] = [],
): EditVerdict {
  const verdict: EditVerdict = {
    lost: [],
    wrong: [],
    unknown: accepted.filter(({ end }) => end === 'unknown').map(nameOfEdit),
  };
  const open = new Map<string, PostedEdit>();
  const last = new Map<string, AcceptedEdit>();
  for (const edit of undecided) open.set(nameOfEdit(edit), edit);
  for (const edit of accepted) {
    if (edit.end !== 'failed') open.set(nameOfEdit(edit), edit);
    const name = nameOf(edit);
    if (edit.end === 'completed' && edit.edit > (last.get(name)?.edit ?? 0)) last.set(name, edit);
  }
  for (const message of arrived) {
    const label = labelOf(message.text);
    if (label === undefined) continue;
    const [number, should] = [editOf(message.text), last.get(nameOf(label))];
    if (should?.messageId === message.id && (number ?? 0) < should.edit)
      verdict.lost.push(
        `${nameOfEdit(should)}: the message has ${number === undefined ? 'none' : `edit ${number}`}`,
      );
    if (number === undefined) continue;
    const edit = open.get(nameOfEdit({ ...label, edit: number }));
    if (edit === undefined || !isResultOf(message, edit))
      verdict.wrong.push(`${nameOf(label)}, as ${message.id}: ${message.text.slice(0, 60)}`);
  }
  return verdict;
}

/** `chat#seq, edit n` */
export function nameOfEdit({ chat, seq, edit }: Label & { edit: number }): string {
  return `${nameOf({ chat, seq })}, edit ${edit}`;
}

function isResultOf(message: ArrivedMessage, { messageId, text }: PostedEdit): boolean {
  return message.edited && (messageId ?? message.id) === message.id && message.text === text;
}
