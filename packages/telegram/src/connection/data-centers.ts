import type { DataCenter } from '../types.ts';

/**
 * Telegram's own data centres, as built into its official apps. `help.getConfig` may change their addresses while the
 * process runs.
 */
const TELEGRAM: readonly DataCenter[] = [
  { id: 2, host: '149.154.167.51', port: 443 },
  { id: 1, host: '149.154.175.50', port: 443 },
  { id: 3, host: '149.154.175.100', port: 443 },
  { id: 4, host: '149.154.167.91', port: 443 },
  { id: 5, host: '149.154.171.5', port: 443 },
];

/** The fields used of an address in `help.getConfig`. */
export interface DcOption {
  id: number;
  ipAddress: string;
  port: number;
  ipv6?: boolean;
  mediaOnly?: boolean;
  tcpoOnly?: boolean;
  cdn?: boolean;
}

/** The addresses of the data centres: Telegram's own, or only those of the settings. */
export class DataCenters {
  readonly #addresses: Map<number, DataCenter>;
  readonly #first: number;
  /** Whether the data centres come from TELEGRAM_DC. */
  readonly isCustom: boolean;

  constructor(custom: readonly DataCenter[]) {
    const list = custom.length > 0 ? custom : TELEGRAM;
    this.isCustom = custom.length > 0;
    this.#first = list[0]?.id ?? 0;
    this.#addresses = new Map(list.map((dc) => [dc.id, dc]));
  }

  /** The id of the data centre where a new login starts. */
  get first(): number {
    return this.#first;
  }

  /** All ids, in ascending order. */
  get ids(): readonly number[] {
    return [...this.#addresses.keys()].toSorted((one, other) => one - other);
  }

  /** Explains to an operator why {@link find} returns nothing. */
  whyMissing(id: number): string {
    return this.isCustom
      ? `TELEGRAM_DC does not list data centre ${id}: add it.`
      : `Telegram has no data centre ${id} that is known here.`;
  }

  find(id: number): DataCenter | undefined {
    return this.#addresses.get(id);
  }

  /** Adopts the addresses that Telegram publishes. Custom ones stay as the settings define them. */
  learn(options: readonly DcOption[]): void {
    if (this.isCustom) return;
    const usable = options.filter(
      (option) => !option.ipv6 && !option.mediaOnly && !option.tcpoOnly && !option.cdn,
    );
    for (const id of new Set(usable.map((option) => option.id))) {
      const known = this.#addresses.get(id);
      const offered = usable.filter((option) => option.id === id);
      const [newest] = offered;
      if (newest === undefined || offered.some((option) => option.ipAddress === known?.host)) continue;
      this.#addresses.set(id, { id, host: newest.ipAddress, port: newest.port });
    }
  }
}
