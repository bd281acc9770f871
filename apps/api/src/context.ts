import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Assistant } from '@gateway/assistant';
import type { BoardQueues, Listings, Producer, WebhookLog } from '@gateway/queue';
import type { Logger, Settings } from '@gateway/runtime';
import type { ApiMetrics } from '@gateway/telemetry';

/** What the API asks of the queues: a `Producer` answers it, and tests pass another. */
export type ApiProducer = {
  webhooks: Pick<WebhookLog, 'list' | 'read' | 'replay'>;
  listings: Pick<Listings, 'accounts' | 'sends' | 'history'>;
} & Pick<
  Producer,
  | 'claimShards'
  | 'send'
  | 'sendMany'
  | 'sendJobId'
  | 'cancelWaiting'
  | 'control'
  | 'controlResult'
  | 'withdraw'
  | 'retry'
  | 'watch'
  | 'job'
  | 'askedDigest'
  | 'accountView'
  | 'pending'
  | 'sendState'
  | 'ring'
  | 'workerMetrics'
  | 'takeToken'
  | 'liveWorkers'
  | 'outage'
  | 'redisSetup'
  | 'redisFault'
  | 'close'
>;

/** Everything that routes and middleware stand on. Made once, in api-app.ts. */
export interface ApiContext {
  settings: Settings;
  producer: ApiProducer;
  /** What the dashboard shows; `null`: there is no dashboard. */
  board: BoardQueues | null;
  /** `null` where none is set up. */
  assistant: Assistant | null;
  metrics: ApiMetrics;
  logger: Logger;
  /** Aborted when the process begins to stop: requests that only wait answer with what is known by then. */
  stopping: AbortSignal;
}

/** Who asks, as far as the API key says. */
export interface Caller {
  /** Names the key without showing it; `null` where the API runs without keys. */
  keyName: string | null;
  /** The accounts that this caller may use; `null`: every one. */
  accounts: readonly string[] | null;
}

/** What the access log says of a request beyond method, route and status. */
export interface RequestFacts {
  /** The route, where another app within this one has it. */
  route?: string;
  userId?: string;
  jobId?: string;
  code?: string;
}

/** Hono's types for this app: what middleware leaves for the routes. */
export interface ApiEnv {
  /** What node's server hands on. */
  Bindings: { incoming: IncomingMessage; outgoing: ServerResponse };
  Variables: { requestId: string; caller: Caller; facts: RequestFacts };
}
