import type { OutgoingMessage } from '@gateway/client';
import type { Command } from 'commander';
import { UsageError } from '../failure.ts';

/** The options as commander parses them. */
export interface AttachmentOptions {
  location?: string;
  contact?: string;
  name?: string;
  poll?: string;
  option?: string[];
}

/** Adds the options for what a message can have in place of a file. */
export function addAttachmentOptions(command: Command): Command {
  return command
    .option('--location <latitude,longitude>', 'send a place')
    .option('--contact <phone>', 'send a contact: its phone number, and --name')
    .option('--name <name>', 'with --contact: the name')
    .option('--poll <question>', 'send a poll, with each answer as an --option')
    .option('--option <text...>', 'with --poll: the answers to choose from');
}

type Attachment = Pick<OutgoingMessage, 'location' | 'contact' | 'poll'>;

/** What to send in place of a text or file; `null` for neither. @throws {UsageError} */
export function attachmentOf({
  location,
  contact,
  name,
  poll,
  option,
}: AttachmentOptions): Attachment | null {
  if ((contact === undefined) !== (name === undefined))
    throw new UsageError('--contact <phone> and --name <name> need each other');
  if ((poll === undefined) !== (option === undefined))
    throw new UsageError('--poll <question> and --option <text> need each other');
  const attachment = {
    ...(location !== undefined && { location: locationOf(location) }),
    ...(contact !== undefined &&
      name !== undefined && { contact: { phone_number: contact, first_name: name } }),
    ...(poll !== undefined && option !== undefined && { poll: { question: poll, options: option } }),
  };
  return Object.keys(attachment).length === 0 ? null : attachment;
}

function locationOf(given: string): NonNullable<Attachment['location']> {
  const [, latitude, longitude] = /^(-?\d+(?:\.\d+)?), *(-?\d+(?:\.\d+)?)$/.exec(given) ?? [];
  if (latitude === undefined || longitude === undefined)
    throw new UsageError(`--location must be <latitude,longitude>, such as 52.5,13.4, not ${given}`);
  return { latitude: Number(latitude), longitude: Number(longitude) };
}
