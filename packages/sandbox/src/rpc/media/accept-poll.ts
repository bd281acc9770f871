import type { PollMedia } from '../../state/media.ts';
import type { Account, PeerId } from '../../state/model.ts';
import type { Store } from '../../state/store.ts';
import type { TlObject, TlValue } from '../../types.ts';
import { rpcError } from '../errors.ts';
import { flagField, objectField, objectList, plainTextField } from '../fields.ts';
import { newFileId } from './new-file.ts';

/** In UTF-16 units. */
const [LONGEST_QUESTION, LONGEST_OPTION] = [255, 100];
const [MIN_OPTIONS, MAX_OPTIONS] = [2, 10];

type PollOptions = PollMedia['options'];

/** @throws {RpcError} MEDIA_INVALID for a private chat with a person. */
export function checkTakesPolls({ state }: Store, account: Account, to: PeerId): void {
  const isPerson = to > 0 && to !== account.id && state.accounts.get(to)?.botToken === undefined;
  if (isPerson) throw rpcError('MEDIA_INVALID');
}

/**
 * The poll in an `inputMediaPoll`.
 *
 * @throws {RpcError} POLL_QUESTION_INVALID, POLL_ANSWERS_INVALID, POLL_ANSWER_INVALID, POLL_OPTION_DUPLICATE, and
 *   QUIZ_… for the right answers.
 */
export function acceptPoll(media: TlObject): PollMedia {
  const poll = objectField(media, 'poll');
  const question = plainTextField(poll, 'question').trim();
  if (question === '' || question.length > LONGEST_QUESTION) throw rpcError('POLL_QUESTION_INVALID');
  const options = optionsOf(objectList(poll, 'answers'));
  const solution = media['solution'];
  return {
    kind: 'poll',
    pollId: newFileId(),
    question,
    options,
    ...(flagField(poll, 'quiz') && { correctOption: correctOption(poll, options, media['correct_answers']) }),
    ...(typeof solution === 'string' && solution !== '' && { solution }),
    ...(flagField(poll, 'multiple_choice') && { isMultiple: true }),
    ...(flagField(poll, 'public_voters') && { isPublic: true }),
    ...(flagField(poll, 'closed') && { isClosed: true }),
  };
}

function optionsOf(answers: readonly TlObject[]): PollOptions {
  if (answers.length < MIN_OPTIONS || answers.length > MAX_OPTIONS) throw rpcError('POLL_ANSWERS_INVALID');
  const options = answers.map((answer, index) => {
    const text = plainTextField(answer, 'text').trim();
    if (text === '' || text.length > LONGEST_OPTION) throw rpcError('POLL_ANSWER_INVALID');
    // Newer layers leave it to Telegram to name the options.
    const { option } = answer;
    const data = option instanceof Uint8Array ? option : Buffer.from(String(index));
    return { text, data: Buffer.from(data).toString('hex') };
  });
  if (new Set(options.map(({ data }) => data)).size < options.length) throw rpcError('POLL_OPTION_DUPLICATE');
  return options;
}

/** @param answers a list with the option's bytes, or its index in newer layers. */
function correctOption(poll: TlObject, options: PollOptions, answers: TlValue): number {
  if (flagField(poll, 'multiple_choice')) throw rpcError('QUIZ_MULTIPLE_INVALID');
  const [answer, ...others] = Array.isArray(answers) ? answers : [];
  if (answer === undefined) throw rpcError('QUIZ_CORRECT_ANSWERS_EMPTY');
  if (others.length > 0) throw rpcError('QUIZ_CORRECT_ANSWERS_TOO_MUCH');
  const wanted = answer instanceof Uint8Array ? Buffer.from(answer).toString('hex') : undefined;
  const index = typeof answer === 'number' ? answer : options.findIndex(({ data }) => data === wanted);
  if (options[index] === undefined) throw rpcError('QUIZ_CORRECT_ANSWER_INVALID');
  return index;
}
