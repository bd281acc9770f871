import type { DataCenter } from './types.ts';

/**
 * Telegram's own data centres as its official apps have them built in; `help.getConfig` may move them while
 * the process runs.
 */
const TELEGRAM: readonly DataCenter[] = [
  { id: 2, host: '149.154.167.51', port: 443 },
  { id: 1, host: '149.154.175.50', port: 443 },
  { id: 3, host: '149.154.175.100', port: 443 },
  { id: 4, host: '149.154.167.91', port: 443 },
  { id: 5, host: '149.154.171.5', port: 443 },
];

/** An entry of `help.getConfig`'s list of addresses, as far as it matters here. */
export interface DcOption {
  id: number;
  ipAddress: string;
  port: number;
  ipv6?: boolean;
  mediaOnly?: boolean;
  tcpoOnly?: boolean;
  cdn?: boolean;
}

/** Where the data centres listen: Telegram's own, or none but those of the settings. */
export class DataCenters {
  readonly #addresses: Map<number, DataCenter>;
  readonly #first: number;
  /** They are those of TELEGRAM_DC. */
  readonly isCustom: boolean;

  constructor(custom: readonly DataCenter[]) {
    const list = custom.length > 0 ? custom : TELEGRAM;
    this.isCustom = custom.length > 0;
    this.#first = list[0]?.id ?? 0;
    this.#addresses = new Map(list.map((dc) => [dc.id, dc]));
  }

  /** Where a new login begins. */
  get first(): number {
    return this.#first;
  }

  /** All of them, in ascending order. */
  get ids(): readonly number[] {
    return [...this.#addresses.keys()].toSorted((one, other) => one - other);
  }

  /** Why {@link find} has none, for an operator. */
  whyMissing(id: number): string {
    return this.isCustom
      ? `TELEGRAM_DC does not list data centre ${id}: add it.`
      : `Telegram has no data centre ${id} that is known here.`;
  }

  find(id: number): DataCenter | undefined {
    return this.#addresses.get(id);
  }

  /** Takes over the addresses that Telegram itself gives out; custom ones stay as the settings have them. */
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
