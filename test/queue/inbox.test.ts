import { describe } from 'vitest';
import { lostEvents } from './inbox/lost-events.ts';
import { noticesAndMemory } from './inbox/notices-and-memory.ts';
import { sequence } from './inbox/sequence.ts';
import { useInbox } from './inbox/stage.ts';

const stage = useInbox();

describe.each([sequence, lostEvents, noticesAndMemory])('The sequence of an account', (describeTests) =>
  describeTests(stage),
);
