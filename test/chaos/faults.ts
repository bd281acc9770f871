import { sleep, withTimeout } from '@gateway/runtime';
import type { Fleet } from '../env/fleet.ts';
import type { Member } from '../env/member.ts';
import { RedisServer } from '../env/redis-server.ts';
import type { Random } from './random.ts';
import type { Roles } from './roles.ts';
import type { World } from './world.ts';

/** Everything that faults act on. */
export interface Scene {
  fleet: Fleet;
  world: World;
  roles: Roles;
  /** Accounts (their `userId`) under a flood wait: their messages may be late. */
  flooded: Set<string>;
  /** Accounts (their `userId`) for which Telegram no longer tells a difference. */
  gapsCaused: Set<string>;
  /** Stops that needed SIGKILL, one line each. */
  forcedStops: string[];
  /** When primaries of Redis failed, and when they had become replicas of others; in ms since the epoch. */
  failovers: { begunAt: number; endedAt: number }[];
  say: (line: string) => void;
}

export interface Fault {
  /** The name in the table. */
  name: string;
  /** What it disturbs. Faults that disturb the same thing start in the order in which they were drawn. */
  on: 'workers' | 'apis' | 'redis' | 'sandbox' | 'calls';
  /** Starts it; resolves when everything is as before. `undefined`: not possible now. */
  begin: (scene: Scene, random: Random) => Promise<void> | undefined;
}

/**
 * ms to wait for a started process to be ready. The run continues after that, since a worker may be on standby for
 * long.
 */
const READY_LIMIT = 5_000;

/** ms for Redis to start with all its data. */
const REDIS_LIMIT = 20_000;

/** ms of a freeze: longer than a worker's lease of 10 s. */
const FREEZE = { from: 12_000, to: 16_000 };

const FILE_CALLS = [
  'upload.saveFilePart',
  'upload.getFile',
  'messages.uploadMedia',
  'messages.sendMedia',
  'messages.sendMultiMedia',
];
const ACTION_CALLS = [
  'messages.forwardMessages',
  'messages.deleteMessages',
  'messages.sendReaction',
  'messages.updatePinnedMessage',
  'messages.readHistory',
  'messages.getBotCallbackAnswer',
  'channels.joinChannel',
  'messages.importChatInvite',
  'channels.leaveChannel',
];

const FAULTS: readonly Fault[] = [
  {
    name: 'worker killed',
    on: 'workers',
    begin: (scene, random) => killedIfAny(scene, random, scene.roles.takeWorker(random)),
  },
  {
    name: 'worker frozen past its lease',
    on: 'workers',
    begin: ({ roles, say }, random) => {
      const worker = roles.takeWorker(random);
      if (worker === undefined) return undefined;
      const ms = random.whole(FREEZE.from, FREEZE.to);
      return (async () => {
        say(`${worker.name} is frozen for ${seconds(ms)}`);
        worker.freeze();
        await sleep(ms);
        worker.thaw();
        roles.release(worker);
      })();
    },
  },
  {
    name: 'rolling restart',
    on: 'workers',
    begin: ({ roles, forcedStops, say }) => {
      const workers = roles.takeAllWorkers();
      if (workers === undefined) return undefined;
      return (async () => {
        say('all workers are restarted, one after the other');
        for (const worker of workers) {
          if (!(await worker.stop())) forcedStops.push(worker.name);
          worker.start();
          await up(worker);
        }
        roles.release(...workers);
      })();
    },
  },
  {
    name: 'API killed',
    on: 'apis',
    begin: (scene, random) => killedIfAny(scene, random, scene.roles.takeApi(random)),
  },
  {
    name: 'sandbox killed',
    on: 'sandbox',
    begin: (scene, random) => {
      const { fleet, roles } = scene;
      return roles.take('sandbox') ? killed(scene, random, fleet.sandbox, 'sandbox') : undefined;
    },
  },
  callFault('connections cut before a send', async ({ fleet, say }, random) => {
    const times = random.whole(1, 4);
    say(`the next ${times} sends are cut off before they take effect`);
    await fleet.control.fault({ method: 'messages.sendMessage', drop: 'before', times });
  }),
  callFault('connections cut after a send', async ({ fleet, say }, random) => {
    const times = random.whole(1, 4);
    const answer = random.pick(['error', 'original'] as const);
    say(`the next ${times} sends are cut off after they took effect; a repeated one gets: ${answer}`);
    await fleet.control.answerRepeatedSends(answer);
    await fleet.control.fault({ method: 'messages.sendMessage', drop: 'after', times });
  }),
  callFault('connections cut at an edit', async ({ fleet, say }, random) => {
    const times = random.whole(1, 4);
    const drop = random.pick(['before', 'after'] as const);
    say(`the next ${times} edits are cut off ${drop} they take effect`);
    await fleet.control.fault({ method: 'messages.editMessage', drop, times });
  }),
  callFault('connections cut at a call of files', async ({ fleet, say }, random) => {
    const times = random.whole(1, 4);
    const [drop, method] = [random.pick(['before', 'after'] as const), random.pick(FILE_CALLS)];
    say(`the next ${times} of ${method} are cut off ${drop} they take effect`);
    await fleet.control.fault({ method, drop, times });
  }),
  callFault('connections cut at another action', async ({ fleet, say }, random) => {
    const times = random.whole(1, 4);
    const [drop, method] = [random.pick(['before', 'after'] as const), random.pick(ACTION_CALLS)];
    say(`the next ${times} of ${method} are cut off ${drop} they take effect`);
    await fleet.control.fault({ method, drop, times });
  }),
  callFault('parts of a file lost, or its reference expired', async ({ fleet, say }, random) => {
    const isLost = random.chance(0.5);
    say(`the next file that is used ${isLost ? 'has lost parts' : 'has an expired reference'}`);
    await (isLost ? fleet.control.loseFileParts() : fleet.control.expireFileReference());
  }),
  callFault('flood wait on files', async ({ fleet, world, flooded, say }, random) => {
    const { userId, id } = random.pick(world.accounts);
    const error = `FLOOD_PREMIUM_WAIT_${random.whole(2, 8)}`;
    const method = random.pick(['upload.saveFilePart', 'upload.getFile']);
    say(`${userId} gets ${error} at ${method}`);
    flooded.add(userId);
    await fleet.control.fault({ user_id: id, method, error, lasts: true });
  }),
  callFault('connection cut at any call', async ({ fleet, world, say }, random) => {
    const { userId, id } = random.pick(world.accounts);
    say(`${userId} is cut off at its next call`);
    await fleet.control.fault({ user_id: id, method: '*', drop: random.pick(['before', 'after']) });
  }),
  callFault('flood wait', async ({ fleet, world, flooded, say }, random) => {
    const { userId, id } = random.pick(world.accounts);
    const error = `${random.pick(['FLOOD_WAIT', 'FLOOD_WAIT', 'FLOOD_PREMIUM_WAIT'])}_${random.whole(2, 8)}`;
    say(`${userId} gets ${error}`);
    flooded.add(userId);
    await fleet.control.fault({ user_id: id, method: 'messages.sendMessage', error, lasts: true });
  }),
  callFault('flood wait on edits', async ({ fleet, world, flooded, say }, random) => {
    const { userId, id } = random.pick(world.accounts);
    const error = `FLOOD_WAIT_${random.whole(2, 8)}`;
    say(`${userId} gets ${error} at its edits`);
    flooded.add(userId);
    await fleet.control.fault({ user_id: id, method: 'messages.editMessage', error, lasts: true });
  }),
  callFault('slow mode', async ({ fleet, world, flooded, say }, random) => {
    const { account, to, name } = random.pick(world.chats);
    const error = `SLOWMODE_WAIT_${random.whole(2, 8)}`;
    say(`${account.userId} gets ${error} in ${name}`);
    flooded.add(account.userId);
    await fleet.control.fault({
      user_id: account.id,
      method: 'messages.sendMessage',
      error,
      peer: to,
      lasts: true,
    });
  }),
  callFault('internal errors', async ({ fleet, world, say }, random) => {
    const { userId, id } = random.pick(world.accounts);
    const error = random.pick(['INTERNAL_SERVER_ERROR', 'RPC_CALL_FAIL', 'WORKER_BUSY_TOO_LONG_RETRY']);
    const times = random.whole(1, 2);
    say(`${userId} gets ${error}, ${times} times`);
    await fleet.control.fault({ user_id: id, method: 'messages.sendMessage', error, times });
  }),
];

const FAULTS_OF_ONE_SERVER: readonly Fault[] = [
  {
    name: 'Redis killed',
    on: 'redis',
    begin: ({ fleet: { redis }, roles, say }, random) => {
      if (!(redis instanceof RedisServer) || !roles.take('redis')) return undefined;
      const ms = random.whole(0, 3_000);
      return (async () => {
        say(`Redis is killed, and started again after ${seconds(ms)}`);
        await redis.stop('SIGKILL');
        await sleep(ms);
        await withTimeout(redis.resume(), REDIS_LIMIT, () => new Error('Redis does not start again'));
        roles.release('redis');
      })();
    },
  },
  {
    name: 'Redis frozen',
    on: 'redis',
    begin: ({ fleet: { redis }, roles, say }, random) => {
      if (!(redis instanceof RedisServer) || !roles.take('redis')) return undefined;
      const ms = random.whole(1_000, 6_000);
      return (async () => {
        say(`Redis is frozen for ${seconds(ms)}`);
        redis.signal('SIGSTOP');
        await sleep(ms);
        redis.signal('SIGCONT');
        roles.release('redis');
      })();
    },
  },
];

const FAULTS_OF_SEVERAL_SERVERS: readonly Fault[] = (['killed', 'frozen'] as const).map((how) => ({
  name: `Redis primary ${how}`,
  on: 'redis',
  begin: ({ fleet: { redis }, world, failovers, roles, say }, random) => {
    if (redis instanceof RedisServer || !roles.take('redis')) return undefined;
    const { userId } = random.pick(world.accounts);
    const ms = random.whole(0, 3_000);
    return (async () => {
      say(`the primary that has ${userId} is ${how}`);
      const begunAt = Date.now();
      await redis.disablePrimaryOf(`{acct-${userId}}`, how);
      say(`another one took over; the ${how} one comes back after ${seconds(ms)}`);
      await sleep(ms);
      await redis.revive();
      failovers.push({ begunAt, endedAt: Date.now() });
      roles.release('redis');
    })();
  },
}));

/** The faults that can happen with one Redis server, or with several of which some are replicas. */
export function faultsOf(redis: 'server' | 'replicated'): readonly Fault[] {
  return [...FAULTS, ...(redis === 'server' ? FAULTS_OF_ONE_SERVER : FAULTS_OF_SEVERAL_SERVERS)];
}

/** A fault in Telegram's answers: ordered at once, and effective at the next call. */
function callFault(name: string, order: (scene: Scene, random: Random) => Promise<void>): Fault {
  return {
    name,
    on: 'calls',
    begin: (scene, random) => (scene.roles.isTaken('sandbox') ? undefined : order(scene, random)),
  };
}

function killedIfAny(scene: Scene, random: Random, member: Member | undefined): Promise<void> | undefined {
  return member === undefined ? undefined : killed(scene, random, member, member);
}

/** `role`: the role in which the process was taken, and is given back. */
async function killed(scene: Scene, random: Random, member: Member, role: Member | 'sandbox'): Promise<void> {
  const ms = random.whole(0, 5_000);
  scene.say(`${member.name} is killed, and started again after ${seconds(ms)}`);
  await member.kill();
  await sleep(ms);
  member.start();
  await up(member);
  scene.roles.release(role);
}

async function up(member: Member): Promise<void> {
  await withTimeout(member.ready, READY_LIMIT, () => new Error('it takes its time')).catch(() => {});
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`;
}
