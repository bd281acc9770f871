import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseSync } from 'oxc-parser';
import { ROOT } from '../root.mjs';

/** Folders whose sentences callers can see in an error, an account's next action or a sign-in's answer. */
const FOLDERS = [
  'apps/api/src',
  'apps/worker/src',
  ...[
    'actions',
    'assistant',
    'contracts',
    'formatting',
    'media',
    'queue',
    'session-formats',
    'telegram',
    'webhooks',
  ].map((name) => `packages/${name}/src`),
  'packages/runtime/src/redis-refusal.ts',
];

/** Files whose sentences are for the log, for the dashboard, or for the documents of the API. */
const NOT_SHOWN = new RegExp(
  [
    String.raw`\.test\.ts$`,
    '/testing/',
    '/openapi/',
    '/metrics/',
    '/board/(?:adapters|why-it-waits)',
    '/http/(?:server|loopback|broken-request)',
    '/message-stream/notice',
    '/console/',
    'routes/metrics',
    'worker/src/(?:session-store|worker-app|ownership/)',
    'contracts/src/documented',
    'contracts/src/errors/error-codes', // The compiler checks those.
    'actions/src/jobs/read-job',
    'queue/src/redis/redis-setup',
    'queue/src/(?:redis/connect|sealing/open-sealing-key|ownership/shards|webhooks/webhook-consumer)',
    'telegram/src/(?:files/|errors/call-errors|connection/(?:frames|mtproxy-frames|connection|introduction)\\.ts)',
    'media/src/media-store',
    'webhooks/src/dial',
  ].join('|'),
);

/** Calls and constructors whose texts callers never see. */
const LOGS = new Set(['describe', 'meta', 'trace', 'debug', 'info', 'warn', 'fatal', 'child']);
const INTERNAL = new Set([
  'Error',
  'Script',
  'RegExp',
  'TypeError',
  'RangeError',
  'NotSentError',
  'NoAnswer',
]);

/**
 * The sentences for callers in the sources, each with its file. A value is shown by its name: `{max}`.
 * @returns {Map<string, string>}
 */
export function errorSentences() {
  const sentences = new Map();
  for (const file of FOLDERS.flatMap(sourcesIn))
    for (const text of textsIn(file)) if (isSentence(text)) sentences.set(text, file);
  return sentences;
}

/**
 * The sentences of the CLI's own errors, and its advice.
 * @returns {Map<string, string>}
 */
export function cliSentences() {
  const sentences = new Map();
  for (const file of sourcesIn('apps/cli/src')) {
    const isAdvice = file.endsWith('/failure.ts');
    for (const text of textsIn(file, isAdvice ? undefined : 'UsageError'))
      if (/\S \S+ \S/.test(text)) sentences.set(text, file);
  }
  return sentences;
}

/** @param {string} folder */
function sourcesIn(folder) {
  if (folder.endsWith('.ts')) return [folder];
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .map((name) => `${folder}/${name}`)
    .filter((file) => file.endsWith('.ts') && !NOT_SHOWN.test(file));
}

/**
 * A fault of a field begins with its verb; any other sentence with a capital, and has some words.
 * @param {string} text
 */
function isSentence(text) {
  return (
    /^(?:must|is|has|may|cannot|names|does|belongs) [\w@:+-]/.test(text) ||
    /^[A-Z@{“](?=.*[a-z])[^\n]* [^\n]* /.test(text) ||
    /^(?:it|there|at most|only|no|the) .* /.test(text)
  );
}

/** @param {string} file @param {string} [within] only what is given to this error */
function textsIn(file, within) {
  const source = readFileSync(join(ROOT, file), 'utf8');
  /** @type {string[]} */
  const texts = [];
  let depth = within === undefined ? 1 : 0;
  const visit = (/** @type {any} */ node) => {
    if (Array.isArray(node)) return node.forEach(visit);
    if (node?.type === 'NewExpression' && node.callee.name === within) {
      depth += 1;
      visit(node.arguments);
      depth -= 1;
      return;
    }
    if (node === null || typeof node !== 'object' || isHidden(node, source)) return;
    const text = textOf(node);
    if (text !== undefined && depth > 0) texts.push(text);
    if (text === undefined || node.type === 'TemplateLiteral') Object.values(node).forEach(visit);
  };
  visit(parseSync(file, source).program);
  return texts;
}

/** @param {any} node of the syntax tree @param {string} source */
function isHidden(node, source) {
  switch (node.type) {
    case 'ImportDeclaration':
    case 'TSLiteralType':
      return true;
    case 'NewExpression':
      return INTERNAL.has(node.callee.name);
    case 'Property':
      return node.key.name === 'docs'; // Of an action.
    case 'CallExpression': {
      if (node.callee.type !== 'MemberExpression') return false;
      const { object, property } = node.callee;
      const isLog = /log(?:ger)?$/.test(source.slice(object.start, object.end));
      return LOGS.has(property.name) || (isLog && (node.callee.computed || property.name === 'error'));
    }
    default:
      return false;
  }
}

/**
 * The text of a literal, or of literals joined by `+`.
 * @param {any} node
 * @returns {string | undefined}
 */
function textOf(node) {
  if (node.type === 'Literal') return typeof node.value === 'string' ? node.value : undefined;
  if (node.type === 'TemplateLiteral')
    return node.quasis
      .map(
        (/** @type {any} */ { value }, /** @type {number} */ index) =>
          value.cooked + (index < node.expressions.length ? '{value}' : ''),
      )
      .join('');
  if (node.type !== 'BinaryExpression' || node.operator !== '+') return undefined;
  const [left, right] = [textOf(node.left), textOf(node.right)];
  return left === undefined || right === undefined ? undefined : left + right;
}
