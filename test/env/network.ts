import { execFileSync } from 'node:child_process';

/** Every address of every network of this process is in 10.201.0.0/16. They exist in its own namespaces only. */
const NET = '10.201';

let networks = 0;

function ip(...args: string[]): void {
  execFileSync('ip', args, { stdio: 'pipe' });
}

/** A cable between two hosts of a network. */
export interface Cable {
  /** The addresses of its two ends. */
  readonly near: string;
  readonly far: string;
  /** Nothing comes through any more. Neither end is told. */
  cut(): void;
  heal(): void;
}

/** Hosts with a network of their own each (network namespaces), and cables between them. Needs root and `ip`. */
export class Network implements Disposable {
  readonly #prefix: string;
  readonly #hosts: string[] = [];
  #cables = 0;

  constructor() {
    networks += 1;
    this.#prefix = `gateway-${process.pid}-${networks}`;
  }

  /** Adds a host without any cable. @returns the name of its namespace. */
  addHost(name: string): string {
    const host = `${this.#prefix}-${name}`;
    ip('netns', 'add', host);
    this.#hosts.push(host);
    ip('-n', host, 'link', 'set', 'lo', 'up');
    return host;
  }

  connect(near: string, far: string): Cable {
    this.#cables += 1;
    const device = `cable${this.#cables}`;
    const subnet = `${NET}.${this.#cables}`;
    const ends = [
      [near, `${subnet}.1`],
      [far, `${subnet}.2`],
    ] as const;
    ip('link', 'add', device, 'netns', near, 'type', 'veth', 'peer', 'name', device, 'netns', far);
    for (const [host, address] of ends) {
      ip('-n', host, 'address', 'add', `${address}/30`, 'dev', device);
      ip('-n', host, 'link', 'set', device, 'up');
    }
    return {
      near: ends[0][1],
      far: ends[1][1],
      cut: () => ip('-n', far, 'link', 'set', device, 'down'),
      heal: () => ip('-n', far, 'link', 'set', device, 'up'),
    };
  }

  /** Removes all hosts and cables. Processes that still run there lose their network. */
  [Symbol.dispose](): void {
    for (const host of this.#hosts.splice(0)) ip('netns', 'delete', host);
  }
}

/** Whether this process may make networks: root on Linux, if the container permits it. */
export const canMakeNetworks = (() => {
  using network = new Network();
  try {
    network.connect(network.addHost('a'), network.addHost('b'));
    return true;
  } catch {
    return false;
  }
})();
