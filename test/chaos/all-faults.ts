import { faultsOf, type Fault } from './faults.ts';
import { RECEIVING_FAULTS } from './receiving/faults.ts';

/** All faults that can happen, in what accounts send and in what they receive. */
export function allFaultsOf(redis: 'server' | 'replicated'): readonly Fault[] {
  return [...faultsOf(redis), ...RECEIVING_FAULTS];
}
