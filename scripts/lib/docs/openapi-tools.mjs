import { join } from 'node:path';

/** Pinned, so that a new version of a tool is a change of its own. */
const VERSIONS = {
  redocly: '@redocly/cli@2.77.0',
  spectral: '@stoplight/spectral-cli@6.16.3',
  openapiTypescript: 'openapi-typescript@7.13.0',
  // openapi-typescript uses the compiler's JavaScript API, which TypeScript 7 does not have.
  typescript: 'typescript@5.9.3',
  heyApi: '@hey-api/openapi-ts@0.99.0',
  orval: 'orval@8.38.0',
  openapiPythonClient: 'openapi-python-client==0.29.1',
};

/** Formats what the generator writes. */
const RUFF = 'ruff==0.17.6';

const DOCUMENT = '../openapi.json';

/**
 * Two rules do not fit. `/webhooks/{webhook_id}` and `/webhooks/deliveries` never mean the same, since ids of webhooks
 * begin with `wh_`. And by default, redocly forbids examples to have other fields even than those of each part of an
 * `allOf`, which JSON Schema does not.
 */
const REDOCLY = `extends: [recommended]
rules:
  no-ambiguous-paths: off
  no-invalid-media-type-examples: {severity: warn, allowAdditionalProperties: true}
`;

/**
 * The linters and generators, each with its steps, which run in a folder of their own beside `openapi.json`.
 * @param {string} root
 * @returns {{ name: string, files?: Record<string, string>, steps: { command: string[], refuse?: RegExp }[] }[]}
 */
export function openApiTools(root) {
  /** @param {string} file */
  const compiles = (file) => ({
    command: [join(root, 'node_modules', '.bin', 'tsc'), ...TSC.split(' '), file],
  });
  return [
    {
      name: 'redocly',
      files: { 'redocly.yaml': REDOCLY },
      steps: [{ command: npx(`-p ${VERSIONS.redocly} redocly lint ${DOCUMENT}`), refuse: /\d warning/ }],
    },
    {
      name: 'spectral',
      files: { '.spectral.yaml': 'extends: ["spectral:oas"]\n' },
      steps: [{ command: npx(`-p ${VERSIONS.spectral} spectral lint ${DOCUMENT} --fail-severity hint`) }],
    },
    {
      name: 'openapi-typescript',
      steps: [
        {
          command: npx(
            `-p ${VERSIONS.openapiTypescript} ${TYPESCRIPT} openapi-typescript ${DOCUMENT} -o api.ts`,
          ),
        },
        compiles('api.ts'),
      ],
    },
    {
      name: 'hey-api',
      steps: [
        {
          command: npx(`-p ${VERSIONS.heyApi} ${TYPESCRIPT} openapi-ts -i ${DOCUMENT} -o client`),
          refuse: /warning/i,
        },
        compiles('client/index.ts'),
      ],
    },
    {
      name: 'orval',
      steps: [
        {
          command: npx(`-p ${VERSIONS.orval} orval --input ${DOCUMENT} --output api.ts --client fetch`),
          refuse: /warning/i,
        },
        compiles('api.ts'),
      ],
    },
    {
      name: 'openapi-python-client',
      steps: [
        sh('python3 -m venv venv'),
        sh(`venv/bin/pip install --quiet ${VERSIONS.openapiPythonClient} ${RUFF}`),
        // It finds ruff by the path.
        {
          ...sh(
            `PATH="$PWD/venv/bin:$PATH" openapi-python-client generate --path ${DOCUMENT} --meta none --output-path api`,
          ),
          refuse: /WARNING|ERROR|Unable/i,
        },
        // No check of types: the generator's own template for clients does not pass one.
        sh('venv/bin/python -m compileall -q api && venv/bin/python -c "import api.client, api.models"'),
      ],
    },
  ];
}

const TYPESCRIPT = `-p ${VERSIONS.typescript}`;
const TSC =
  '--noEmit --strict --skipLibCheck --target es2022 --module esnext --moduleResolution bundler --lib es2022,dom,dom.iterable';

/** @param {string} args */
function npx(args) {
  return ['npx', '--yes', ...args.split(' ')];
}

/** @param {string} line */
function sh(line) {
  return { command: ['sh', '-c', line] };
}
