import { codecForLayer, isSpoken } from '../tl/layers.ts';
import type { Network, TlObject } from '../types.ts';
import type { AuthKey, KeyRing } from './auth-key.ts';
import type { ServerContext } from './context.ts';
import { gzipWhereWorth } from './gzip.ts';
import type { MtprotoSession } from './session.ts';

/** Creates the {@link Network} of a server. */
export function createNetwork(context: ServerContext, keys: KeyRing): Network {
  return {
    push(authKeyId, updates, options = {}) {
      const key = keys.inUse(authKeyId);
      if (key === undefined) return;
      const bodies = new Map<number, Buffer>();
      for (const session of listeningSessions(key)) {
        if (session.id === options.exceptSessionId) continue;
        try {
          pushTo(session, key, updates, bodies);
        } catch (error) {
          context.onError(error, 'an update');
        }
      }
    },
    dropKey: (authKeyId) => keys.drop(authKeyId),
    connections: (authKeyId) => keys.inUse(authKeyId)?.connections.size ?? 0,
  };
}

function listeningSessions(key: AuthKey): Set<MtprotoSession> {
  const sessions = [...key.connections].map(({ session }) => session);
  return new Set(
    sessions.filter((session) => session !== undefined).filter(({ takesUpdates }) => takesUpdates),
  );
}

/**
 * Queues the updates for one session.
 * @param bodies caches the encoded updates by layer, for several sessions.
 * @throws {TlEncodeError}
 */
function pushTo(session: MtprotoSession, key: AuthKey, updates: TlObject, bodies: Map<number, Buffer>): void {
  const layer = session.layer ?? key.layer;
  if (layer === undefined || !isSpoken(layer)) return;
  const codec = codecForLayer(layer);
  const body = bodies.get(codec.layer) ?? gzipWhereWorth(codec.encode(updates, 'Updates'));
  bodies.set(codec.layer, body);
  session.outbox.sayForSure(body, false);
  session.flushSoon();
}
