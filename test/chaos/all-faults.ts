import { faultsOf, type Fault } from './faults.ts';
import { RECEIVING_FAULTS } from './receiving/faults.ts';

/** All faults that can happen. With several Redis servers the accounts do not receive. */
export function allFaultsOf(redis: 'server' | 'replicated'): readonly Fault[] {
  return redis === 'server' ? [...faultsOf(redis), ...RECEIVING_FAULTS] : faultsOf(redis);
}
