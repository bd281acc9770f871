import { openPosts } from './post.ts';

export interface LoadOptions {
  connections: number;
  ms: number;
  /** Posted in turn. */
  bodies: readonly string[];
  headers: Record<string, string>;
}

/**
 * Posts over several connections for a while; each posts again once it has its answer. @returns the number of 202
 * answers.
 */
export async function load(url: string, { connections, ms, bodies, headers }: LoadOptions): Promise<number> {
  const { post, close } = openPosts(url, { connections, headers, status: 202 });
  const end = performance.now() + ms;
  let [next, done] = [0, 0];
  await Promise.all(
    Array.from({ length: connections }, async () => {
      while (performance.now() < end) {
        await post(bodies[next++ % bodies.length] ?? '');
        done += 1;
      }
    }),
  );
  close();
  return done;
}
