import { createHmac } from 'node:crypto';

/** The parts of a workflow of n8n that the recipe uses. */
export interface Workflow {
  nodes: { name: string; type: string; parameters: Parameters }[];
  connections: Record<string, { main: { node: string }[][] }>;
}

interface Parameters {
  value: string;
  secret: string;
  dataPropertyName: string;
  method: string;
  url: string;
  jsonBody: string;
  headerParameters: { parameters: { name: string; value: string }[] };
  conditions: { conditions: Condition[] };
}

interface Condition {
  leftValue: string;
  rightValue: string | number;
  operator: { operation: 'equals' | 'lt' };
}

interface Item {
  headers: object;
  body: object;
  [property: string]: unknown;
}

interface HttpRequest {
  url: string;
  method: string;
  headers: Record<string, string>;
  body: string;
}

/**
 * Runs the workflow on what its webhook gets, as n8n evaluates its nodes.
 * @returns its last node's request. @throws if a condition does not pass.
 */
export function evaluate(workflow: Workflow, delivered: Item): HttpRequest {
  let item = delivered;
  let node = workflow.nodes.find(({ type }) => type === 'n8n-nodes-base.webhook');
  while (node !== undefined) {
    const { name, type, parameters: given } = node;
    if (type === 'n8n-nodes-base.crypto') {
      const signature = createHmac('sha256', given.secret)
        .update(String(valueOf(given.value, item)))
        .digest('hex');
      item = { ...item, [given.dataPropertyName]: signature };
    }
    if (type === 'n8n-nodes-base.if' && !given.conditions.conditions.every((each) => passes(each, item)))
      throw new Error(`${name} does not pass`);
    if (type === 'n8n-nodes-base.httpRequest') return requestOf(given, item);
    const next = workflow.connections[name]?.main[0]?.[0]?.node;
    node = workflow.nodes.find((each) => each.name === next);
  }
  throw new Error('the workflow has no request');
}

function requestOf({ url, method, headerParameters, jsonBody }: Parameters, item: Item): HttpRequest {
  const headers = headerParameters.parameters.map(({ name, value }) => [name, String(valueOf(value, item))]);
  return {
    url,
    method,
    headers: { 'Content-Type': 'application/json', ...Object.fromEntries(headers) },
    body: String(valueOf(jsonBody, item)),
  };
}

function passes({ leftValue, rightValue, operator }: Condition, item: Item): boolean {
  const [left, right] = [valueOf(leftValue, item), valueOf(rightValue, item)];
  return operator.operation === 'equals' ? left === right : Number(left) < Number(right);
}

/** A text that begins with `=` has expressions in double braces; one alone keeps its type. */
function valueOf(text: string | number, item: Item): unknown {
  if (typeof text === 'number' || !text.startsWith('=')) return text;
  // The file is the repository's own.
  // oxlint-disable-next-line typescript/no-implied-eval
  const run = (expression: string): unknown => new Function('$json', `return (${expression});`)(item);
  const alone = /^=\{\{((?:(?!\}\}).)*)\}\}$/s.exec(text)?.[1];
  if (alone !== undefined) return run(alone);
  return text.slice(1).replaceAll(/\{\{(.*?)\}\}/gs, (_, expression: string) => String(run(expression)));
}
