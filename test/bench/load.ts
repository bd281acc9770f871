import { openPosts } from './post.ts';

export interface LoadOptions {
  connections: number;
  ms: number;
  /** Posted in turn. */
  bodies: readonly string[];
  headers: Record<string, string>;
}

/** Posts over some connections, each its next when the last is answered, for a while. @returns how many were answered 202. */
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
