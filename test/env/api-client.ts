export interface ApiAnswer {
  status: number;
  headers: Headers;
  // Tests read bodies without types, because they check the content.
  // oxlint-disable-next-line typescript/no-explicit-any
  body: any;
}

/** A caller of the HTTP API, like `curl`. */
export class ApiClient {
  readonly url: string;
  /** Sent with every request: the key, if there is one. */
  headers: Record<string, string> = {};

  constructor(url: string) {
    this.url = url;
  }

  async get(path: string, headers: Record<string, string> = {}): Promise<ApiAnswer> {
    return this.request('GET', path, undefined, headers);
  }

  async post(path: string, body: unknown, headers: Record<string, string> = {}): Promise<ApiAnswer> {
    return this.request('POST', path, body, headers);
  }

  async request(
    method: string,
    path: string,
    body: unknown,
    headers: Record<string, string>,
  ): Promise<ApiAnswer> {
    const response = await fetch(this.url + path, {
      method,
      headers: {
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...this.headers,
        ...headers,
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return {
      status: response.status,
      headers: response.headers,
      body: text === '' ? undefined : JSON.parse(text),
    };
  }

  async startSignIn(user_id: string, phone_number: string): Promise<ApiAnswer> {
    return this.post('/telegram/user/auth/start', { user_id, phone_number });
  }

  async verify(
    user_id: string,
    answers: { phone_code?: string | number; password?: string },
  ): Promise<ApiAnswer> {
    return this.post('/telegram/user/auth/verify', { user_id, ...answers });
  }

  async send(
    user_id: string,
    recipient_id: string | number,
    text: string,
    headers?: Record<string, string>,
  ): Promise<ApiAnswer> {
    return this.post('/telegram/user/send', { user_id, recipient_id, text }, headers);
  }

  async status(user_id: string, query = ''): Promise<ApiAnswer> {
    return this.get(`/telegram/user/status/${encodeURIComponent(user_id)}${query}`);
  }
}
