import type { Fault, Scene } from '../faults.ts';
import type { Random } from '../random.ts';

/** How many pushes of updates go wrong at once, at most. */
const PUSHES = 5;

/** Faults in what Telegram tells the accounts of their updates. */
export const RECEIVING_FAULTS: readonly Fault[] = [
  ...(['drop', 'delay', 'reorder', 'duplicate'] as const).map((updates) =>
    fault(`pushes of updates: ${updates}`, async ({ fleet, world, say }, random) => {
      const { userId, id } = random.pick(world.accounts);
      const times = random.whole(1, PUSHES);
      say(`the next ${times} pushes to ${userId}: ${updates}`);
      await fleet.control.pushFault({ updates, user_id: id, times });
    }),
  ),
  ...(['too_long', 'channel_too_long'] as const).map((difference) =>
    fault(`difference: ${difference}`, async ({ fleet, world, gapsCaused, say }, random) => {
      const { userId, id } = random.pick(world.accounts);
      say(`the next difference of ${userId}: ${difference}`);
      gapsCaused.add(userId);
      await fleet.control.differenceFault({ difference, user_id: id });
      // A lost push makes the account ask for the difference.
      await fleet.control.pushFault({ updates: 'drop', user_id: id, times: 2 });
    }),
  ),
];

/** Ordered at once, and effective at the next push or call. */
function fault(name: string, order: (scene: Scene, random: Random) => Promise<void>): Fault {
  return {
    name,
    on: 'calls',
    begin: (scene, random) => (scene.roles.isTaken('sandbox') ? undefined : order(scene, random)),
  };
}
