/** The sandbox's control port: what a test can see and do at "Telegram". */
export class SandboxControl {
  readonly #url: string;

  constructor(url: string) {
    this.#url = url;
  }

  /** The last code that was sent to the phone. */
  async code(phone: string): Promise<string> {
    const { code } = await this.#get<{ code: string }>(`/codes/${encodeURIComponent(phone)}`);
    return code;
  }

  /** How the last code was delivered to the phone. */
  async delivery(phone: string): Promise<string> {
    const { delivery } = await this.#get<{ delivery: string }>(`/codes/${encodeURIComponent(phone)}`);
    return delivery;
  }

  async createAccount(account: {
    phone: string;
    first_name: string;
    last_name?: string;
    username?: string;
    password?: string;
    hint?: string;
    /** Login codes are sent to this address. */
    email?: string;
    premium?: boolean;
  }): Promise<number> {
    const { id } = await this.#send<{ id: number }>('POST', '/accounts', account);
    return id;
  }

  /** @returns its id. */
  async createBot(bot: { bot_token: string; first_name: string; username?: string }): Promise<number> {
    const { id } = await this.#send<{ id: number }>('POST', '/accounts', bot);
    return id;
  }

  /** A completed sign-in: `auth_key` is base64url. */
  async createSession(phone: string): Promise<{ id: number; dc: number; auth_key: string }> {
    return this.#send('POST', '/sessions', { phone });
  }

  /** The account with this phone scans the QR code with this URL. */
  async scan(url: string, phone: string): Promise<void> {
    await this.#send('POST', '/login-tokens/accept', { url, phone });
  }

  /** Sets for how many seconds new login tokens can be scanned. */
  async setLoginTokenLifetime(login_token_lifetime_seconds: number): Promise<void> {
    await this.#send('POST', '/settings', { login_token_lifetime_seconds });
  }

  async createChat(chat: {
    title: string;
    kind: string;
    members: number[];
    username?: string;
  }): Promise<{ id: number }> {
    return this.#send('POST', '/chats', chat);
  }

  /** A forum, supergroup or channel as its creator, the first of the members, makes it. */
  async newChat(chat: {
    type: string;
    title: string;
    members: number[];
    username?: string;
    forum?: boolean;
    join_requests?: boolean;
  }): Promise<{ id: string; invite_link: string }> {
    return this.#send('POST', '/chats', chat);
  }

  /** A bot that answers every message with these buttons. @returns its id. */
  async createAutoBot(bot: {
    username: string;
    buttons: unknown;
    answer?: string;
    silent?: true;
  }): Promise<number> {
    const { id } = await this.#send<{ id: number }>('POST', '/bots', bot);
    return id;
  }

  /** @returns the id of its first message. */
  async createTopic(chat: string, title: string): Promise<number> {
    const { id } = await this.#send<{ id: number }>('POST', '/topics', { chat, title });
    return id;
  }

  /** A group, supergroup or channel. `unread`: by account id. */
  async chat(id: number): Promise<{ members: number[]; unread: Record<string, number> }> {
    return this.#get(`/chats/${id}`);
  }

  /** The buttons that were pressed, oldest first. `message_id`: as the one who pressed numbers it. */
  async presses(): Promise<{ from_id: number; message_id: number; data: string }[]> {
    return this.#get('/presses');
  }

  /** What accounts were shown to do, oldest first. */
  async typing(to: number): Promise<{ from_id: number; action: string; topic_id?: number }[]> {
    return this.#get(`/typing?to=${to}`);
  }

  async messages(query: { from?: number; to?: number; ids?: boolean } = {}): Promise<SandboxMessage[]> {
    const search = new URLSearchParams(Object.entries(query).map(([key, value]) => [key, String(value)]));
    return this.#get(`/messages?${search}`);
  }

  /** `from` writes a message, as from an official app. */
  async write(message: {
    from: number;
    to: number | string;
    text?: string;
    /** A file of this size. Files of one size have the same bytes. */
    media?: { type: string; size: number; mime_type?: string; file_name?: string };
    reply_to?: number;
    topic_id?: number;
    buttons?: unknown;
  }): Promise<{ id: number }> {
    return this.#send('POST', '/messages', message);
  }

  /** `from` gives a message a new text, as from an official app. Ids are in the numbering of `from`. */
  async edit(edit: { from: number; to: number; message_id: number; text: string }): Promise<void> {
    await this.#send('PATCH', '/messages', edit);
  }

  /** `from` deletes messages for everybody. Ids are in the numbering of `from`. */
  async delete(deletion: { from: number; to: number | string; message_ids: number[] }): Promise<void> {
    await this.#send('DELETE', '/messages', deletion);
  }

  /** `by` reads a chat, as in an official app. */
  async read(reading: { by: number; of: number | string; up_to?: number }): Promise<void> {
    await this.#send('POST', '/reads', reading);
  }

  /** `by` reacts, as in an official app. In a private chat, the id is in the numbering of `of`. */
  async react(reaction: {
    by: number;
    of: number | string;
    message_id: number;
    emoji: string | null;
  }): Promise<void> {
    await this.#send('POST', '/reactions', reaction);
  }

  /** What goes wrong with the next pushes of updates to an account. */
  async pushFault(fault: {
    updates: 'drop' | 'delay' | 'reorder' | 'duplicate';
    user_id?: number;
    phone?: string;
    times?: number;
  }): Promise<void> {
    await this.#send('POST', '/faults', fault);
  }

  /** Telegram does not tell the account's next difference. */
  async differenceFault(fault: {
    difference: 'too_long' | 'channel_too_long';
    user_id?: number;
    phone?: string;
  }): Promise<void> {
    await this.#send('POST', '/faults', fault);
  }

  async fault(fault: {
    phone?: string;
    user_id?: number;
    method: string;
    error?: string;
    drop?: 'before' | 'after';
    /** A transport error instead of an answer, e.g. -404. */
    transport?: number;
    delay_ms?: number;
    times?: number;
    /** With a wait: keeps refusing until the wait is over. */
    lasts?: boolean;
    /** The error falsely says that a sign-in has ended. */
    slip?: boolean;
    /** Only for calls about this chat: its id, `@username` or `+phone`. */
    peer?: number | string;
  }): Promise<void> {
    await this.#send('POST', '/faults', fault);
  }

  /** The next use of an uploaded file is refused: Telegram has lost parts of it. */
  async loseFileParts(times = 1): Promise<void> {
    await this.#send('POST', '/faults', { file_parts: 'missing', times });
  }

  /** The next use of a file is refused: its reference has expired. */
  async expireFileReference(): Promise<void> {
    await this.#send('POST', '/faults', { file_reference: 'expired' });
  }

  /** Faults that no call has used up yet. */
  async faults(): Promise<{ method: string; times: number }[]> {
    return this.#get('/faults');
  }

  async clearFaults(): Promise<void> {
    await this.#send('DELETE', '/faults');
  }

  async addContacts(id: number, contact_ids: number[]): Promise<void> {
    await this.#send('POST', '/contacts', { id, contact_ids });
  }

  /**
   * The answer to a second send with the same random_id, until the sandbox ends: RANDOM_ID_DUPLICATE, or the first
   * answer.
   */
  async answerRepeatedSends(repeated_random_id: 'error' | 'original'): Promise<void> {
    await this.#send('POST', '/settings', { repeated_random_id });
  }

  /**
   * Counters: accepted messages, calls before a wait was over, sign-ins that ended because two connections used them at
   * once, and the connections of each signed-in account.
   */
  async counters(): Promise<{
    messages: number;
    early: number;
    duplicated: number;
    sessions: {
      id: number;
      connections: number;
      devices: { device_model: string; app_version: string }[];
    }[];
  }> {
    return this.#get('/state');
  }

  async revoke(id: number): Promise<void> {
    await this.#send('POST', '/revoke', { id });
  }

  async #get<T>(path: string): Promise<T> {
    return this.#send('GET', path);
  }

  async #send<T>(method: string, path: string, body?: unknown): Promise<T> {
    const ask = () =>
      fetch(this.#url + path, {
        method,
        ...(body !== undefined && {
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(body),
        }),
      });
    // The sandbox may close a connection at the moment in which the next request is written to it.
    const response = await (method === 'POST' ? ask() : ask().catch(ask));
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    const text = await response.text();
    // The contract defines the shape; the sandbox's own tests check it.
    return (text === '' ? undefined : JSON.parse(text)) as T;
  }
}

export interface SandboxMessage {
  id: number;
  /** Only on request: by account id, where each account has a number of its own for the message. */
  ids?: Record<string, number>;
  from_id: number;
  to_id: number;
  text: string;
  date: string;
  /** With milliseconds. */
  accepted_at: string;
  random_id: string;
  media?: {
    type: string;
    size: number;
    /** Hexadecimal digits, of the bytes that were uploaded. */
    sha256: string;
    mime_type: string;
    file_name?: string;
    width?: number;
    height?: number;
    duration?: number;
    title?: string;
    performer?: string;
    spoiler?: true;
    latitude?: number;
    longitude?: number;
    first_name?: string;
    question?: string;
    thumbnail?: true;
  };
  /** The same for all items of an album. */
  grouped_id?: string;
  entities?: ({ type: string; offset: number; length: number } & Record<string, unknown>)[];
  reply_to?: number;
  /** The forum topic: the id of its first message. */
  topic_id?: number;
  quote?: { text: string; offset?: number };
  silent?: boolean;
  no_webpage?: boolean;
  edit_date?: string;
  forwarded_from?: number;
  /** Nobody has the message any more. */
  deleted?: true;
  /** The accounts that deleted the message only for themselves. */
  deleted_for?: number[];
  reactions?: { by: number; emoji: string[] }[];
  /** The accounts that see it as pinned; `true` in a supergroup or channel. */
  pinned?: true | number[];
}
