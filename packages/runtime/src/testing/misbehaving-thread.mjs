let calls = 0;

/** A task that misbehaves in the way that `kind` names. */
export default function misbehave(/** @type {{ kind: string, bytes?: Uint8Array }} */ { kind, bytes }) {
  switch (kind) {
    case 'endless':
      for (;;);
    case 'hoard': {
      const hoard = [];
      for (;;) hoard.push({ text: String(hoard.length) });
    }
    case 'throw':
      throw new Error('no such luck');
    case 'exit':
      process.exit(0);
    case 'exit soon':
      setImmediate(() => process.exit(0));
      return null;
    case 'calls':
      calls += 1;
      return { calls };
    case 'argv':
      return { argv: process.execArgv, env: Object.keys(process.env) };
    default:
      return { kind, length: bytes?.length ?? 0 };
  }
}
