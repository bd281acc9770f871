import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './root.mjs';

/**
 * Which packages each package may depend on; arrows point one way. Checking the manifests is enough: pnpm links only
 * declared packages, so nothing else can be imported. The linter checks where declared libraries are imported.
 * @type {Record<string, string[]>}
 */
const MAY_DEPEND_ON = {
  'packages/texts': [],
  'packages/contracts': ['texts'],
  'packages/runtime': [],
  'packages/sandbox': [],
  'packages/telemetry': [],
  'packages/formatting': ['contracts'],
  'packages/actions': ['contracts', 'formatting'],
  'packages/assistant': ['contracts', 'runtime'],
  'packages/media': ['contracts', 'runtime'],
  'packages/webhooks': ['contracts', 'runtime'],
  'packages/client': ['actions', 'contracts'],
  'packages/queue': ['actions', 'contracts', 'runtime'],
  'packages/sessions': ['contracts', 'runtime'],
  'packages/telegram': ['contracts', 'runtime'],
  'packages/console': ['client', 'texts'],
  'packages/session-formats': ['runtime'],
  'apps/api': [
    'texts',
    'actions',
    'session-formats',
    'console',
    'contracts',
    'runtime',
    'telemetry',
    'formatting',
    'assistant',
    'media',
    'webhooks',
    'queue',
  ],
  'apps/worker': [
    'actions',
    'contracts',
    'formatting',
    'runtime',
    'telemetry',
    'media',
    'webhooks',
    'queue',
    'sessions',
    'telegram',
  ],
  'apps/cli': ['actions', 'client', 'session-formats', 'texts'],
};

/** Libraries that only one package may add to the product. @type {Record<string, string[]>} */
const BELONGS_TO = {
  telegram: ['packages/telegram', 'packages/sandbox'],
  'big-integer': ['packages/telegram'],
  bullmq: ['packages/queue'],
  ioredis: ['packages/queue'],
  'bullmq-otel': ['packages/queue'],
  openai: ['packages/assistant'],
  '@aws-sdk/client-s3': ['packages/media'],
};

/** @returns {string[]} the faults, one line each */
export function checkLayers() {
  const folders = ['apps', 'packages'].flatMap((top) =>
    readdirSync(join(ROOT, top)).map((name) => `${top}/${name}`),
  );
  return folders.flatMap((folder) => {
    const allowed = MAY_DEPEND_ON[folder];
    if (allowed === undefined)
      return [`${folder} is not in scripts/lib/layers.mjs: add it with its allowed dependencies`];
    const manifest = JSON.parse(readFileSync(join(ROOT, folder, 'package.json'), 'utf8'));
    const names = Object.keys(manifest.dependencies ?? {});
    const upward = names.filter(
      (name) => name.startsWith('@gateway/') && !allowed.includes(name.slice('@gateway/'.length)),
    );
    const foreign = names.filter(
      (name) => BELONGS_TO[name] !== undefined && !BELONGS_TO[name].includes(folder),
    );
    return [
      ...upward.map((name) => `${folder} must not depend on ${name}`),
      ...foreign.map(
        (name) => `${folder} must not depend on ${name}: it belongs to ${BELONGS_TO[name]?.[0]}`,
      ),
    ];
  });
}
