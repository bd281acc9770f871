/** The calls of the control API, as `GET /` lists them. */
export const CALLS = {
  'GET /codes/{phone}': 'the code last sent to a phone: {phone, code, delivery}',
  'POST /accounts':
    '{phone, first_name, last_name?, username?, password?, hint?, email?, premium?, dc?}: an account that exists at "Telegram"; {bot_token, first_name, username?}: a bot',
  'GET /accounts': 'all accounts',
  'POST /sessions':
    '{phone}: a sign-in that is done, with no code asked: {id, dc, auth_key}; for tests with many accounts',
  'POST /login-tokens/accept':
    '{url: tg://login?token=…|token, id|phone}: an account scans a QR code, and the client that shows it is signed in',
  'POST /chats':
    '{type: group|supergroup|channel, title, members: [phone or id], username?, forum?, slow_mode?, join_requests?}: a chat, made by its first member: {id, invite_link}; with kind in place of type: the whole chat',
  'GET /chats/{id}': 'a chat: members, requested, pinned, unread by account, topics, invite_link',
  'POST /join-requests': '{chat, account, approved}: the creator of a chat answers a request to join',
  'POST /topics': '{chat, title}: a topic of a forum: {id}',
  'POST /bots':
    '{username, buttons: [[text or {text, data}]], answer?|silent: true}: a bot that answers every message with these buttons, and a press with answer or not at all',
  'GET /presses': 'every button that was pressed: from_id, bot_id, message_id, data, at',
  'POST /contacts': '{id, contact_ids}: accounts that an account has in its address book',
  'GET /messages?from=ID&to=ID':
    'messages in the order in which they were accepted, with media {type, size, sha256, mime_type, file_name}; both are optional; codes only with from=777000',
  'POST /messages':
    '{from, to, text?, media?: {type, size, mime_type?, file_name?}, reply_to?, topic_id?, buttons?}: an account writes, as from an official app: {id, date}; the bytes of media are made up; ids of messages are those of from',
  'PATCH /messages': '{from, to, message_id, text}: an account edits its message',
  'DELETE /messages': '{from, to, message_ids, for_everyone?}: an account deletes messages',
  'POST /reads':
    '{by, of, up_to?}: an account reads the messages of another, or of a chat; ids are those of of',
  'POST /reactions': '{by, of, message_id, emoji}: an account reacts to a message; null removes the reaction',
  'GET /typing?to=': 'every "typing…" that was shown to an account or chat: from_id, to_id, action, at',
  'GET /deliveries?random_id=':
    '{random_id, arrived, messages}: sends that arrived with it, and messages that they made',
  'POST /faults':
    '{phone?|user_id?, method, error?|drop?: before|after|transport?: -404, delay_ms?, times?, peer?, lasts?, slip?}: the next calls fail so; {difference: too_long|channel_too_long}: the next difference is refused; {updates: drop|delay|reorder|duplicate}: so go the next pushes; {file_reference: expired}, {file_parts: missing}: the next use of a file or an upload is refused; the last four take phone?|user_id?, times?',
  'GET /faults': 'the faults that are not used up',
  'DELETE /faults': 'no more faults; delayed calls go on',
  'POST /revoke': "{id}: ends all of an account's sessions: {revoked}",
  'GET /settings, POST /settings':
    '{repeated_random_id: error|original, code_lifetime_seconds, code_tries, login_token_lifetime_seconds}',
  'GET /state':
    'counters: accounts, messages, early calls, duplicated sign-ins, sessions and connections by account',
};
