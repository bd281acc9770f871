import { text, type Text } from '@gateway/texts';

/** Telegram's service messages that people see most, by the `type` that the gateway gives them. */
const SERVICE_MESSAGES: Record<string, Text> = {
  chat_create: text('Group created'),
  channel_create: text('Channel created'),
  chat_migrate_to: text('Group turned into a supergroup'),
  channel_migrate_from: text('Group turned into a supergroup'),
  chat_edit_title: text('Name changed'),
  chat_edit_photo: text('Picture changed'),
  chat_delete_photo: text('Picture removed'),
  chat_add_user: text('Member added'),
  chat_joined_by_link: text('Member joined by a link'),
  chat_joined_by_request: text('Member joined by a request'),
  chat_delete_user: text('Member left or was removed'),
  pin_message: text('Message pinned'),
  history_clear: text('History cleared'),
  phone_call: text('Call'),
  group_call: text('Group call'),
  contact_sign_up: text('Joined Telegram'),
};

const OTHER = text('Service message');

export function serviceInWords(type: string): Text {
  return SERVICE_MESSAGES[type] ?? OTHER;
}
