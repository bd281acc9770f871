import type { OutgoingMessage } from '@gateway/client';
import { MEDIA_WORDS } from './media-words.ts';

/** What a message can be in place of a text and files. */
export const OTHER_KINDS = {
  location: MEDIA_WORDS.location,
  contact: MEDIA_WORDS.contact,
  poll: MEDIA_WORDS.poll,
} as const;

export type ContentKind = 'text' | keyof typeof OTHER_KINDS;

/** The fields of a location, a contact and a poll, as a person fills them in. */
export interface OtherContent {
  latitude: string;
  longitude: string;
  phone: string;
  firstName: string;
  lastName: string;
  question: string;
  /** One a line. */
  options: string;
  multiple: boolean;
  anonymous: boolean;
  /** The index of the right option of a quiz; empty: no quiz. */
  correct: string;
}

export const NO_OTHER_CONTENT: OtherContent = {
  latitude: '',
  longitude: '',
  phone: '',
  firstName: '',
  lastName: '',
  question: '',
  options: '',
  multiple: false,
  anonymous: true,
  correct: '',
};

/** Telegram's limits for the options of a poll. */
export const [MIN_OPTIONS, MAX_OPTIONS] = [2, 10];

export function optionsOf({ options }: OtherContent): string[] {
  return options
    .split('\n')
    .map((option) => option.trim())
    .filter((option) => option !== '');
}

/** The fields of the request; `null` while something is missing. */
export function requestOf(
  kind: Exclude<ContentKind, 'text'>,
  content: OtherContent,
): Pick<OutgoingMessage, 'location' | 'contact' | 'poll'> | null {
  switch (kind) {
    case 'location': {
      const { latitude, longitude } = content;
      if (latitude.trim() === '' || longitude.trim() === '') return null;
      return { location: { latitude: Number(latitude), longitude: Number(longitude) } };
    }
    case 'contact': {
      const [phone, first, last] = [content.phone, content.firstName, content.lastName].map((each) =>
        each.trim(),
      );
      if (!phone || !first) return null;
      return { contact: { phone_number: phone, first_name: first, ...(last && { last_name: last }) } };
    }
    case 'poll': {
      const { question, multiple, anonymous, correct } = content;
      const options = optionsOf(content);
      if (question.trim() === '' || options.length < MIN_OPTIONS || options.length > MAX_OPTIONS) return null;
      const isQuiz = correct !== '';
      const quiz = isQuiz ? { correct_option: Number(correct) } : { multiple };
      return { poll: { question: question.trim(), options, anonymous, ...quiz } };
    }
  }
}
