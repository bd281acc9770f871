import type { GatewayClient } from '@gateway/client';
import { useRef, useState } from 'preact/hooks';
import { useGateway } from '../gateway.ts';
import { useAction } from '../hooks.ts';
import { batchKeys, partKey } from './batch-key.ts';
import { partFrom, requireAnswered } from './batch-parts.ts';
import type { BatchLine, RefusedLine } from './batch.ts';

export interface BatchProgress {
  /** Messages that the gateway has accepted or refused. */
  handled: number;
  accepted: number;
  refused: readonly RefusedLine[];
}

export interface BatchSending {
  progress: BatchProgress | null;
  isRunning: boolean;
  error: unknown;
  /** Sends the rest: all, or what was left when an error or {@link stop} ended it. Nothing is sent twice. */
  run: (lines: readonly BatchLine[]) => Promise<void>;
  stop: () => void;
}

/**
 * Sends the messages of a file, part by part.
 * @param identity names the file and the choice of columns. Until all is sent, no part of it is sent twice.
 */
export function useBatchSending(identity: string): BatchSending {
  const { client } = useGateway();
  const [progress, setProgress] = useState<BatchProgress | null>(null);
  const now = useRef<BatchProgress>({ handled: 0, accepted: 0, refused: [] });
  const isStopped = useRef(false);
  const action = useAction(async (lines: readonly BatchLine[]) => {
    isStopped.current = false;
    setProgress(now.current);
    const key = batchKeys.of(identity);
    while (now.current.handled < lines.length && !isStopped.current) {
      const { handled } = now.current;
      now.current = await sendPart(client, partFrom(lines, handled), partKey(key, handled), now.current);
      setProgress(now.current);
    }
    if (now.current.handled === lines.length) batchKeys.forget(identity);
  });
  return {
    progress,
    isRunning: action.busy,
    error: action.error,
    run: action.run,
    stop: () => {
      isStopped.current = true;
    },
  };
}

async function sendPart(
  client: GatewayClient,
  part: readonly BatchLine[],
  idempotencyKey: string,
  before: BatchProgress,
): Promise<BatchProgress> {
  const messages = part.map(({ message }) => message);
  const { jobs } = await client.sendBatch(messages, { idempotencyKey });
  requireAnswered(jobs);
  const refused = jobs.flatMap((job, index) => {
    const item = part[index];
    return 'status' in job && item !== undefined ? [{ ...item, error: job }] : [];
  });
  return {
    handled: before.handled + part.length,
    accepted: before.accepted + part.length - refused.length,
    refused: [...before.refused, ...refused],
  };
}
