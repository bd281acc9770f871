import { Agent, request } from 'node:http';

/** Posts a JSON body. @throws where the answer has another status than the wanted one. */
export type Post = (body: string) => Promise<void>;

export interface PostOptions {
  connections: number;
  headers: Record<string, string>;
  /** The wanted status. */
  status: number;
}

/** Opens kept-alive connections to a URL; `close` ends them. */
export function openPosts(url: string, { connections, headers, status }: PostOptions) {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const post: Post = (body) =>
    new Promise((resolve, reject) => {
      const length = Buffer.byteLength(body);
      const sent = { 'content-type': 'application/json', 'content-length': length, ...headers };
      const outgoing = request(url, { method: 'POST', agent, headers: sent }, (response) => {
        if (response.statusCode !== status) reject(new Error(`${url} answered ${response.statusCode}`));
        response.resume().once('end', resolve);
      });
      outgoing.once('error', reject);
      outgoing.end(body);
    });
  return { post, close: () => agent.destroy() };
}
