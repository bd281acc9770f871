/** Where Redis is and how to sign in to it, as REDIS_URL says. */
export interface RedisAddress {
  /** `server`: one Redis. `cluster`: some nodes of a Redis Cluster. `sentinel`: Sentinels, which know the primary. */
  kind: 'server' | 'cluster' | 'sentinel';
  /** One server; or nodes or Sentinels, of which one that answers is enough. */
  nodes: { host: string; port: number }[];
  /** The name by which the Sentinels know the primary; empty for other kinds. */
  primary: string;
  username: string | undefined;
  password: string | undefined;
  database: number;
  /** How to sign in to the Sentinels; most need nothing. */
  sentinel: { username: string | undefined; password: string | undefined };
  tls: boolean;
  /** PEM certificates of the authorities that are trusted in place of the system's. */
  ca: string | undefined;
}

const SCHEME = /^(rediss?)(?:\+(cluster|sentinel))?:\/\//;
const DEFAULT_PORT = { server: 6379, cluster: 6379, sentinel: 26_379 };
const EXAMPLES = {
  server: 'redis://user:password@host:6379/0',
  cluster: 'redis+cluster://user:password@host:6379,host:6379',
  sentinel: 'redis+sentinel://user:password@host:26379,host:26379/name/0',
};

/** @throws {Error} whose message continues the setting's name and shows nothing of the URL. */
export function parseRedisUrl(url: string): RedisAddress {
  const [scheme = '', base = '', suffix] = SCHEME.exec(url) ?? [];
  if (base === '')
    throw new Error(
      'must begin with redis:// or rediss:// (one server), redis+cluster:// or rediss+cluster://, ' +
        'redis+sentinel:// or rediss+sentinel://',
    );
  const kind = suffix === 'cluster' || suffix === 'sentinel' ? suffix : 'server';
  const [rest, query = ''] = splitAt(url.slice(scheme.length), '?');
  const [authority, path = ''] = splitAt(rest, '/', rest.lastIndexOf('@') + 1);
  const at = authority.lastIndexOf('@');
  const [username, password] = splitAt(authority.slice(0, Math.max(0, at)), ':');
  const hosts = authority.slice(at + 1);
  return {
    kind,
    nodes: nodesOf(hosts, kind),
    ...pathOf(path, kind),
    username: decode(username),
    password: decode(password),
    sentinel: sentinelUserOf(query, kind),
    tls: base === 'rediss',
    ca: undefined,
  };
}

function nodesOf(hosts: string, kind: RedisAddress['kind']): RedisAddress['nodes'] {
  const nodes = hosts.split(',').map((item) => {
    const [, host = '', port] = /^(\[[0-9a-fA-F:.]+\]|[^:\s[\]]+)(?::(\d{1,5}))?$/.exec(item.trim()) ?? [];
    const number = port === undefined ? DEFAULT_PORT[kind] : Number(port);
    if (host === '' || number < 1 || number > 65_535)
      throw new Error(
        `must name ${kind === 'server' ? 'a host' : 'each host'} as host:port, as in ${EXAMPLES[kind]}. ` +
          'In a user or password write each of : / ? # @ % as an escape, such as %40 for @',
      );
    return { host: host.replace(/^\[|\]$/g, ''), port: number };
  });
  if (kind === 'server' && nodes.length > 1)
    throw new Error(
      `names several servers: use redis+cluster:// or redis+sentinel:// for them, as in ${EXAMPLES.cluster}`,
    );
  return nodes;
}

/** `/database`; for Sentinels `/name` or `/name/database`. */
function pathOf(path: string, kind: RedisAddress['kind']): { primary: string; database: number } {
  const parts = path.split('/');
  const primary = kind === 'sentinel' ? (decode(parts.shift()) ?? '') : '';
  const [database = '', ...others] = parts;
  if (kind === 'sentinel' && primary === '')
    throw new Error(`needs the name that the Sentinels give the primary, as in ${EXAMPLES.sentinel}`);
  if (!/^\d{0,5}$/.test(database) || others.some((part) => part !== ''))
    throw new Error(`must end with a database number or nothing, as in ${EXAMPLES[kind]}`);
  if (kind === 'cluster' && Number(database) !== 0)
    throw new Error('names a database, and a cluster has only database 0: leave it out');
  return { primary, database: Number(database) };
}

function sentinelUserOf(query: string, kind: RedisAddress['kind']): RedisAddress['sentinel'] {
  const given = new URLSearchParams(query);
  const known = kind === 'sentinel' ? ['sentinel_username', 'sentinel_password'] : [];
  if ([...given.keys()].some((name) => !known.includes(name)))
    throw new Error(
      kind === 'sentinel'
        ? 'may have only sentinel_username and sentinel_password behind the ?'
        : 'may have nothing behind a ?: in a password write ? as %3F',
    );
  return {
    username: given.get('sentinel_username') ?? undefined,
    password: given.get('sentinel_password') ?? undefined,
  };
}

function splitAt(text: string, separator: string, from = 0): [string, string?] {
  const at = text.indexOf(separator, from);
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}

/** `undefined` for an empty text. */
function decode(text = ''): string | undefined {
  try {
    return decodeURIComponent(text) || undefined;
  } catch {
    throw new Error('has a % that begins no escape: in a user, password or name write % as %25');
  }
}

/** For logs: hosts and ports, without a user or password. */
export function describeRedis({ kind, nodes, primary }: RedisAddress): string {
  const hosts = nodes.map(({ host, port }) => `${host.includes(':') ? `[${host}]` : host}:${port}`).join(',');
  return { server: hosts, cluster: `cluster ${hosts}`, sentinel: `${primary} by Sentinels ${hosts}` }[kind];
}
