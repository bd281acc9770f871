import type { BatchCheck } from '@gateway/client';
import { useEffect, useState } from 'preact/hooks';
import { useGateway } from '../gateway.ts';
import { batchKeys, partKey } from './batch-key.ts';
import { partFrom, requireAnswered } from './batch-parts.ts';
import type { BatchLine, RefusedLine } from './batch.ts';

/** What the gateway says about the messages of a file, as far as it has looked. */
export interface GatewayCheck {
  checked: number;
  /** The messages at Telegram that they would go out as. */
  parts: number;
  refused: readonly RefusedLine[];
  /** How many were accepted before, when a part of the file was sent. */
  before: number;
  /** How many would be held, by the reason. */
  held: ReadonlyMap<string, number>;
}

const NOTHING: GatewayCheck = { checked: 0, parts: 0, refused: [], before: 0, held: new Map() };

interface Checking {
  check: GatewayCheck;
  /** Has ended the check. */
  error: unknown;
  again: () => void;
}

/**
 * Asks the gateway about each message, part by part, when the messages or the language change. Nothing is sent.
 * @param identity names the file and the choice of columns, as when it is sent.
 */
export function useGatewayCheck(identity: string, lines: readonly BatchLine[]): Checking {
  const { client } = useGateway();
  const [check, setCheck] = useState(NOTHING);
  const [error, setError] = useState<unknown>(null);
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    const abort = new AbortController();
    const { signal } = abort;
    let now = NOTHING;
    setCheck(now);
    setError(null);
    const key = batchKeys.known(identity);
    const checkAll = async () => {
      while (now.checked < lines.length) {
        const part = partFrom(lines, now.checked);
        const messages = part.map(({ message }) => message);
        const { jobs } = await client.checkSendBatch(messages, {
          signal,
          ...(key !== null && { idempotencyKey: partKey(key, now.checked) }),
        });
        if (signal.aborted) return;
        requireAnswered(jobs);
        now = added(now, part, jobs);
        setCheck(now);
      }
    };
    checkAll().catch((thrown: unknown) => {
      if (!signal.aborted) setError(thrown);
    });
    return () => abort.abort();
  }, [client, identity, lines, turn]);
  return { check, error, again: () => setTurn((before) => before + 1) };
}

function added(before: GatewayCheck, part: readonly BatchLine[], jobs: BatchCheck['jobs']): GatewayCheck {
  const refused = [...before.refused];
  const held = new Map(before.held);
  let { parts, before: acceptedBefore } = before;
  for (const [index, job] of jobs.entries()) {
    const item = part[index];
    if (item === undefined) continue;
    if (job.status === 'error') refused.push({ ...item, error: job });
    else if (job.repeated === true) acceptedBefore += 1;
    else {
      parts += job.parts;
      if (job.reason !== undefined) held.set(job.reason, (held.get(job.reason) ?? 0) + 1);
    }
  }
  return { checked: before.checked + part.length, parts, refused, before: acceptedBefore, held };
}
