import type { PollMedia } from '../../state/media.ts';
import type { TlObject } from '../../types.ts';

/** A poll without votes: the sandbox does not implement voting. */
export function pollObject(poll: PollMedia): TlObject {
  const { pollId, question, options, correctOption, isMultiple, isPublic, isClosed } = poll;
  return {
    _: 'messageMediaPoll',
    poll: {
      _: 'poll',
      id: BigInt(pollId),
      closed: isClosed,
      public_voters: isPublic,
      multiple_choice: isMultiple,
      quiz: correctOption !== undefined,
      question: textObject(question),
      answers: options.map(({ text, data }) => ({
        _: 'pollAnswer',
        text: textObject(text),
        option: Buffer.from(data, 'hex'),
      })),
      hash: 0n,
    },
    results: { _: 'pollResults', total_voters: 0 },
  };
}

function textObject(text: string): TlObject {
  return { _: 'textWithEntities', text, entities: [] };
}
