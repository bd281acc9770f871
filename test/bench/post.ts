import { Agent, request } from 'node:http';
import { text } from 'node:stream/consumers';

/** Posts a JSON body. @throws if the status is not the expected one. */
export type Post = (body: string) => Promise<void>;

export interface PostOptions {
  connections: number;
  headers: Record<string, string>;
  /** The expected status. */
  status: number;
}

/** Opens kept-alive connections to a URL; `close` ends them. */
export function openPosts(url: string, options: PostOptions): { post: Post; close: () => void } {
  const agent = new Agent({ keepAlive: true, maxSockets: options.connections });
  const post: Post = async (body) => {
    while ((await postOnce(url, body, agent, options)) === 'stale');
  };
  return { post, close: () => agent.destroy() };
}

/** @returns `stale`: the server closed the idle connection just as it was used again, and has read nothing. */
function postOnce(
  url: string,
  body: string,
  agent: Agent,
  { headers, status }: PostOptions,
): Promise<'done' | 'stale'> {
  return new Promise((resolve, reject) => {
    const length = Buffer.byteLength(body);
    const sent = { 'content-type': 'application/json', 'content-length': length, ...headers };
    const outgoing = request(url, { method: 'POST', agent, headers: sent }, (response) => {
      if (response.statusCode === status) return void response.resume().once('end', () => resolve('done'));
      text(response).then(
        (answer) => reject(new Error(`${url} answered ${response.statusCode}: ${answer}`)),
        reject,
      );
    });
    outgoing.once('error', (error: NodeJS.ErrnoException) => {
      if (outgoing.reusedSocket && error.code === 'ECONNRESET') resolve('stale');
      else reject(error);
    });
    outgoing.end(body);
  });
}
