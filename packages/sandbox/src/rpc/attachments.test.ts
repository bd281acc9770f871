import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { DirectClient, DirectTelegram } from '../testing/direct-telegram.ts';
import { listOf } from '../testing/inputs.ts';
import { SentFiles } from '../testing/sent-files.ts';
import { BOB, PAGE, SELF, twoPeople } from '../testing/two-people.ts';
import type { TlObject, TlValue } from '../types.ts';

describe('locations, contacts and polls', () => {
  let telegram: DirectTelegram;
  let alice: DirectClient;
  let aliceId: number;
  let toBob: TlObject;
  let files: SentFiles;
  beforeEach(async () => {
    const people = await twoPeople();
    ({ telegram, alice, aliceId, toBob } = people);
    files = new SentFiles(people);
  });
  afterEach(() => telegram.files.close());

  const point = { _: 'inputGeoPoint', lat: 52.5, long: 13.4, accuracy_radius: 30 };
  const contact = { phone_number: BOB, first_name: 'Bob', last_name: '', vcard: '' };
  const live = { _: 'inputMediaGeoLive', geo_point: point, period: 60 };

  test('locations and contacts are sent', async () => {
    await files.send({ _: 'inputMediaGeoPoint', geo_point: point });
    await files.send(live);
    await files.send({ _: 'inputMediaContact', ...contact });
    expect(telegram.control.messages().map(({ media }) => media)).toEqual([
      { type: 'location', latitude: 52.5, longitude: 13.4, accuracy: 30 },
      { type: 'location', latitude: 52.5, longitude: 13.4, accuracy: 30, live_seconds: 60 },
      { type: 'contact', phone_number: BOB, first_name: 'Bob' },
    ]);
    const { messages } = await alice.call('messages.getHistory', { peer: toBob, ...PAGE });
    expect(listOf(messages).map(({ media }) => media)).toMatchObject([
      { _: 'messageMediaContact', first_name: 'Bob', user_id: toBob['user_id'] },
      { _: 'messageMediaGeoLive', period: 60 },
      { _: 'messageMediaGeo', geo: { lat: 52.5, long: 13.4 } },
    ]);
    const moved = { ...live, geo_point: { ...point, lat: 52.6 } };
    await alice.call('messages.editMessage', { peer: toBob, id: 2, media: moved });
    expect(telegram.control.messages()[1]?.media).toMatchObject({ latitude: 52.6 });
    await expect(alice.call('messages.editMessage', { peer: toBob, id: 1, media: moved })).rejects.toThrow(
      'MEDIA_PREV_INVALID',
    );
  });

  test('a poll is sent to a group, to oneself, and not to a person', async () => {
    const group = { title: 'G', kind: 'group' as const, members: [aliceId] };
    const { id } = telegram.control.createChat(group);
    const peer = { _: 'inputPeerChat', chat_id: BigInt(-id) };
    await files.send(pollOf({ multiple_choice: true }), {}, peer);
    await files.send(pollOf({ quiz: true, public_voters: true }, [Buffer.from('1')]), {}, SELF);
    expect(telegram.control.messages().map(({ media }) => media)).toEqual([
      { type: 'poll', question: 'Tea?', options: ['yes', 'no'], multiple: true, anonymous: true },
      {
        type: 'poll',
        question: 'Tea?',
        options: ['yes', 'no'],
        multiple: false,
        anonymous: false,
        correct_option: 1,
      },
    ]);
    await expect(files.send(pollOf())).rejects.toThrow('MEDIA_INVALID');
  });

  test.each<[string, TlObject, string]>([
    ['a latitude beyond the pole', { ...live, geo_point: { ...point, lat: 91 } }, 'GEO_POINT_INVALID'],
    ['no place', { ...live, geo_point: { _: 'inputGeoPointEmpty' } }, 'GEO_POINT_INVALID'],
    ['a live location of a moment', { ...live, period: 59 }, 'MEDIA_INVALID'],
    [
      'a contact without a name',
      { _: 'inputMediaContact', ...contact, first_name: ' ' },
      'CONTACT_NAME_EMPTY',
    ],
    [
      'a contact without a phone',
      { _: 'inputMediaContact', ...contact, phone_number: '' },
      'PHONE_NUMBER_EMPTY',
    ],
    ['a poll without a question', pollOf({ question: textOf('') }), 'POLL_QUESTION_INVALID'],
    ['a poll with one answer', pollOf({ answers: [answerOf('yes', 0)] }), 'POLL_ANSWERS_INVALID'],
    [
      'a poll with an empty answer',
      pollOf({ answers: [answerOf('', 0), answerOf('no', 1)] }),
      'POLL_ANSWER_INVALID',
    ],
    [
      'a poll with one option twice',
      pollOf({ answers: [answerOf('a', 0), answerOf('b', 0)] }),
      'POLL_OPTION_DUPLICATE',
    ],
    ['a quiz without a right answer', pollOf({ quiz: true }), 'QUIZ_CORRECT_ANSWERS_EMPTY'],
    [
      'a quiz with another right answer',
      pollOf({ quiz: true }, [Buffer.from('9')]),
      'QUIZ_CORRECT_ANSWER_INVALID',
    ],
    ['a quiz with several answers', pollOf({ quiz: true, multiple_choice: true }), 'QUIZ_MULTIPLE_INVALID'],
  ])('%s is refused', async (_name, media, error) => {
    await expect(files.send(media, {}, SELF)).rejects.toThrow(error);
  });
});

function pollOf(params: Record<string, TlValue> = {}, correct?: Buffer[]): TlObject {
  const answers = [answerOf('yes', 0), answerOf('no', 1)];
  const poll = { _: 'poll', id: 0n, question: textOf('Tea?'), answers, ...params };
  return { _: 'inputMediaPoll', poll, correct_answers: correct };
}

function answerOf(text: string, option: number): TlObject {
  return { _: 'pollAnswer', text: textOf(text), option: Buffer.from(String(option)) };
}

function textOf(text: string): TlObject {
  return { _: 'textWithEntities', text, entities: [] };
}
