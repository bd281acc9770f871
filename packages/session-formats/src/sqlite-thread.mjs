import initSqlJs from 'sql.js';

/** @typedef {import('./sqlite-tables.ts').TableRead} TableRead */
/** @typedef {import('./sqlite-tables.ts').Rows} Rows */

const PAGE = 65_536;
/** Maximum bytes for SQLite. V8's limits on a thread do not include WebAssembly. */
const MAX_MEMORY = 64 * 2 ** 20;
/** Longer cells are read as `null`; only their header is read. */
const MAX_CELL = 1_024;

/** @type {(this: WebAssembly.Memory, pages: number) => number} */
const grow = Reflect.get(WebAssembly.Memory.prototype, 'grow');
WebAssembly.Memory.prototype.grow = function growWithinBounds(pages) {
  if (this.buffer.byteLength + pages * PAGE > MAX_MEMORY)
    throw new RangeError('SQLite has reached its memory limit');
  return grow.call(this, pages);
};

const { Database } = await initSqlJs();

/**
 * Reads tables of a file. Throws an error that says what is wrong with it.
 * @param {{ bytes: Uint8Array, reads: TableRead[] }} input
 */
export default function readTables({ bytes, reads }) {
  // For a file in write-ahead mode, SQLite would look for a second file, which does not exist here.
  if (bytes[18] === 2) bytes[18] = 1;
  if (bytes[19] === 2) bytes[19] = 1;
  try {
    const database = new Database(bytes);
    database.run('PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON; PRAGMA query_only = ON');
    return { tables: reads.map((read) => rowsOf(database, read)) };
  } catch (error) {
    return { error: String(error) };
  }
}

/**
 * The first rows of an ordinary table; `null` if there is none of this name. Refuses views and virtual tables, because
 * they run code.
 * @param {import('sql.js').Database} database
 * @param {TableRead} read
 * @returns {Rows | null}
 */
function rowsOf(database, { table, columns, only, limit }) {
  const ordinary = database.exec(
    "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND rootpage > 0 AND lower(name) = ? LIMIT 1",
    [table],
  );
  if (ordinary.length === 0) return null;
  const kept = database.exec(`SELECT lower(name) FROM pragma_table_xinfo(?) WHERE hidden = 0`, [table]);
  const names = new Set(kept[0]?.values.flat());
  const cells = Object.entries(columns).map(([name, kind]) => {
    if (!names.has(name)) return `NULL AS "${name}"`;
    const fits = kind === 'integer' ? '' : ` AND length("${name}") <= ${MAX_CELL}`;
    return `CASE WHEN typeof("${name}") = '${kind}'${fits} THEN "${name}" END AS "${name}"`;
  });
  const where = only === undefined ? '' : ` WHERE "${only.column}" IN (${only.values.map(() => '?').join()})`;
  const statement = database.prepare(
    `SELECT ${cells.join()} FROM main."${table}" NOT INDEXED${where} LIMIT ${limit}`,
    only?.values ?? [],
  );
  /** @type {Rows} */
  const rows = [];
  while (statement.step()) rows.push(statement.getAsObject());
  return rows;
}
