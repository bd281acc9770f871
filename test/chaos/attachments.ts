import type { SandboxMessage } from '../env/sandbox-control.ts';
import type { Label } from './texts.ts';

export const ATTACHMENTS = ['location', 'contact', 'poll'] as const;
export type Attachment = (typeof ATTACHMENTS)[number];

/** Degrees between two neighbours of the grid on which locations hold labels. */
const STEP = 1_000;

/** A location, contact or poll that holds the label, as the field of a request. */
export function writeAttachment(kind: Attachment, label: Label): object {
  const text = textOf(kind, label);
  switch (kind) {
    case 'location': {
      const [account = 0, place = 0] = label.chat.slice(1).split('-').map(Number);
      return { location: { latitude: (account * 10 + place) / STEP, longitude: label.seq / STEP } };
    }
    case 'contact':
      return { contact: { phone_number: '+9996620000', first_name: text } };
    case 'poll':
      return { poll: { question: text, options: ['yes', 'no'] } };
  }
}

/** The text by which the judge knows the attachment. */
export function textOf(kind: Attachment, { chat, seq }: Label): string {
  return `[${chat}#${seq}] 1 ${kind}`;
}

/** The text of a message at the sandbox: its own, or that of its attachment. */
export function shownText({ text, media }: SandboxMessage): string {
  if (media?.type === 'contact') return media.first_name ?? '';
  if (media?.type === 'poll') return media.question ?? '';
  if (media?.type !== 'location') return text;
  const [place, seq] = [media.latitude, media.longitude].map((degrees) => Math.round((degrees ?? 0) * STEP));
  return textOf('location', {
    chat: `a${Math.floor((place ?? 0) / 10)}-${(place ?? 0) % 10}`,
    seq: seq ?? 0,
  });
}
