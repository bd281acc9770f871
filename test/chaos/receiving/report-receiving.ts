import type { ReceivingFindings } from './receiving-run.ts';

/** Faults of receiving by name, with the evidence. */
export function receivingFaults(findings: ReceivingFindings | null): [string, readonly string[]][] {
  if (findings === null) return [];
  const { verdict } = findings;
  return [
    ['events missing', verdict.missing],
    ['events doubled', verdict.doubled],
    ['events out of order', verdict.outOfOrder],
    ['event numbers with holes or repeats', verdict.numbers],
    ['events that end with another text', verdict.wrong],
    ['events of what did not happen', verdict.unknown],
    ['deletions not told', verdict.undeleted],
    ['wrong jobs in events', verdict.wrongJobs],
    ['gaps without a cause, or not counted', verdict.gaps],
    ['events that a reader missed, or got doubled or out of order', verdict.readers],
  ];
}

/** The rows of the final table. */
export function receivingRows(findings: ReceivingFindings | null): [string, string][] {
  if (findings === null) return [];
  const { incoming, events, caughtUp, gaps, sent, sentWithJob } = findings;
  return [
    ['messages that friends wrote', String(incoming)],
    ['events', String(events)],
    ['  caught up', String(caughtUp)],
    ['  gaps', String(gaps)],
    ['  of messages that the gateway sent', String(sent)],
    ['  of these, without the job', String(sent - sentWithJob)],
  ];
}
