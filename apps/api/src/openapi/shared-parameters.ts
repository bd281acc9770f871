import type { Json } from './json.ts';
import { describeParameters, type ParameterName } from './parameters.ts';
import type { NamedSchemas } from './schemas.ts';

/** The parameters that several operations have (`components.parameters`). One of a single operation stands there. */
export class SharedParameters {
  readonly #parameters: Record<ParameterName, Json>;
  readonly #shared: ReadonlySet<ParameterName>;

  /** @param uses the parameters of each operation. */
  constructor(schemas: NamedSchemas, uses: readonly ParameterName[][]) {
    this.#parameters = describeParameters(schemas);
    const all = uses.flat();
    this.#shared = new Set(all.filter((name, place) => all.indexOf(name) !== place));
  }

  describe(name: ParameterName): Json {
    return this.#shared.has(name) ? { $ref: `#/components/parameters/${name}` } : this.#parameters[name];
  }

  /** `components.parameters` */
  all(): Json {
    return Object.fromEntries([...this.#shared].toSorted().map((name) => [name, this.#parameters[name]]));
  }
}
