import bigInt from 'big-integer';
import { Api } from 'telegram/tl/index.js';

/** What a message can have in place of a file. */
export interface OutgoingAttachment {
  location?: OutgoingLocation | undefined;
  contact?: OutgoingContact | undefined;
  poll?: OutgoingPoll | undefined;
}

interface OutgoingLocation {
  latitude: number;
  longitude: number;
  /** Metres. */
  accuracy?: number | undefined;
  /** A live location, for so many seconds. */
  liveSeconds?: number | undefined;
}

interface OutgoingContact {
  phoneNumber: string;
  firstName: string;
  lastName?: string | undefined;
}

interface OutgoingPoll {
  question: string;
  options: readonly string[];
  multiple: boolean;
  /** The right option of a quiz, from 0. */
  correctOption?: number | undefined;
  anonymous: boolean;
}

export function inputAttachment({
  location,
  contact,
  poll,
}: OutgoingAttachment): Api.TypeInputMedia | undefined {
  if (location !== undefined) return inputLocation(location);
  if (contact !== undefined) return inputContact(contact);
  return poll && inputPoll(poll);
}

function inputLocation({ latitude: lat, longitude: long, accuracy, liveSeconds }: OutgoingLocation) {
  const geoPoint = new Api.InputGeoPoint({
    lat,
    long,
    ...(accuracy !== undefined && { accuracyRadius: accuracy }),
  });
  return liveSeconds === undefined
    ? new Api.InputMediaGeoPoint({ geoPoint })
    : new Api.InputMediaGeoLive({ geoPoint, period: liveSeconds });
}

function inputContact({ phoneNumber, firstName, lastName = '' }: OutgoingContact) {
  return new Api.InputMediaContact({ phoneNumber, firstName, lastName, vcard: '' });
}

function inputPoll({ question, options, multiple, correctOption, anonymous }: OutgoingPoll) {
  return new Api.InputMediaPoll({
    poll: new Api.Poll({
      id: bigInt.zero,
      question: plain(question),
      answers: options.map((text, index) => new Api.PollAnswer({ text: plain(text), option: option(index) })),
      multipleChoice: multiple,
      quiz: correctOption !== undefined,
      publicVoters: !anonymous,
    }),
    ...(correctOption !== undefined && { correctAnswers: [option(correctOption)] }),
  });
}

/** The bytes by which a vote names an option. */
function option(index: number): Buffer {
  return Buffer.from(String(index));
}

function plain(text: string): Api.TextWithEntities {
  return new Api.TextWithEntities({ text, entities: [] });
}

/** Telegram stores coordinates less exactly than they are sent. In degrees: some metres. */
const NEAR = 0.0001;

/** Whether a message has this attachment. One without an attachment is like every message. */
export function hasAttachment(
  { media }: Api.Message,
  { location, contact, poll }: OutgoingAttachment,
): boolean {
  if (location !== undefined) return isLocation(media, location);
  if (contact !== undefined)
    return (
      media instanceof Api.MessageMediaContact &&
      digits(media.phoneNumber) === digits(contact.phoneNumber) &&
      media.firstName === contact.firstName
    );
  if (poll === undefined) return true;
  if (!(media instanceof Api.MessageMediaPoll)) return false;
  const { question, answers } = media.poll;
  const texts = answers.map(({ text }) => text.text);
  return question.text === poll.question && JSON.stringify(texts) === JSON.stringify(poll.options);
}

function isLocation(
  media: Api.TypeMessageMedia | undefined,
  { latitude, longitude, liveSeconds }: OutgoingLocation,
): boolean {
  if (!(media instanceof Api.MessageMediaGeo || media instanceof Api.MessageMediaGeoLive)) return false;
  const isLive = media instanceof Api.MessageMediaGeoLive;
  if (isLive !== (liveSeconds !== undefined) || !(media.geo instanceof Api.GeoPoint)) return false;
  return Math.abs(media.geo.lat - latitude) < NEAR && Math.abs(media.geo.long - longitude) < NEAR;
}

function digits(phone: string): string {
  return phone.replace(/\D/g, '');
}
