import { Agent, request } from 'node:http';

export interface LoadOptions {
  connections: number;
  ms: number;
  /** Posted in turn. */
  bodies: readonly string[];
  headers: Record<string, string>;
}

/** Posts over some connections, each its next when the last is answered, for a while. @returns how many were answered 202. */
export async function load(url: string, { connections, ms, bodies, headers }: LoadOptions): Promise<number> {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const end = performance.now() + ms;
  let [next, done] = [0, 0];
  const post = (body: string): Promise<void> =>
    new Promise((resolve, reject) => {
      const length = Buffer.byteLength(body);
      const sent = { 'content-type': 'application/json', 'content-length': length, ...headers };
      const outgoing = request(url, { method: 'POST', agent, headers: sent }, (response) => {
        if (response.statusCode === 202) done += 1;
        else reject(new Error(`${url} answered ${response.statusCode}`));
        response.resume().once('end', resolve);
      });
      outgoing.once('error', reject);
      outgoing.end(body);
    });
  await Promise.all(
    Array.from({ length: connections }, async () => {
      while (performance.now() < end) await post(bodies[next++ % bodies.length] ?? '');
    }),
  );
  agent.destroy();
  return done;
}
