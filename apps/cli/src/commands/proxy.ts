import type { CommandContext } from '../command-context.ts';
import { EXIT, type ExitCode } from '../failure.ts';
import { readAll } from '../io.ts';

/** Gives the account a proxy of its own. `-` reads its address from standard input; `none` takes it back. */
export async function proxy(
  { client, io, out, say }: CommandContext,
  userId: string,
  address: string,
): Promise<ExitCode> {
  const answer = await client.proxy(userId, await addressOf(address, io.stdin), { signal: io.signal });
  const isReached = answer.state !== 'proxy_unreachable';
  const names = { user: userId, proxy: answer.proxy ?? '' };
  const line =
    answer.proxy === null
      ? say('{user} connects as the gateway does', { user: userId })
      : isReached
        ? say('{user} connects by {proxy}', names)
        : say('{user}: {proxy} does not lead to Telegram, so messages wait', names);
  out.result(answer, `${isReached ? out.good('✓') : '✗'} ${line}`);
  return isReached ? EXIT.ok : EXIT.refused;
}

/** The address that an argument stands for; `null`: none. */
async function addressOf(argument: string, stdin: Parameters<typeof readAll>[0]): Promise<string | null> {
  if (argument === 'none') return null;
  return argument === '-' ? (await readAll(stdin)).trim() : argument;
}
