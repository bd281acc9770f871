import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Assistant } from '@gateway/assistant';
import type { MediaStore } from '@gateway/media';
import type { Producer } from '@gateway/queue';
import type { Logger, Settings } from '@gateway/runtime';
import type { ApiMetrics } from '@gateway/telemetry';

/** The dependencies of all routes and middleware. Created once, in api-app.ts. */
export interface ApiContext {
  settings: Settings;
  producer: Producer;
  /** `null`: no assistant is configured. */
  assistant: Assistant | null;
  /** The files that callers upload. */
  media: MediaStore;
  metrics: ApiMetrics;
  logger: Logger;
  /** Aborted when the process begins to stop. Requests that only wait then answer with the current state. */
  stopping: AbortSignal;
}

/** The caller, as identified by the API key. */
export interface Caller {
  /** A name for the key that does not reveal it; `null` if the API runs without keys. */
  keyName: string | null;
  /** The accounts that this caller may use; `null`: all. */
  accounts: readonly string[] | null;
}

/** Fields of the access log beyond method, route and status. */
export interface RequestFacts {
  /** The route, if a mounted sub-app handles the request. */
  route?: string;
  userId?: string;
  jobId?: string;
  code?: string;
}

/** Hono's types for this app: the variables that middleware sets for the routes. */
export interface ApiEnv {
  /** Node's own request and response. */
  Bindings: { incoming: IncomingMessage; outgoing: ServerResponse };
  Variables: { requestId: string; caller: Caller; facts: RequestFacts };
}
