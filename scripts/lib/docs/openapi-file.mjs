import { tsImport } from 'tsx/esm/api';

/** The OpenAPI document of which the Python client is generated where there is no Node. */
export const PYTHON_DOCUMENT = 'clients/python/openapi.json';

/** @returns {Promise<string>} the document as a file, a line for each value */
export async function openApiFile() {
  const { openApiDocument } = await tsImport('../../../apps/api/src/openapi/document.ts', import.meta.url);
  return `${JSON.stringify(openApiDocument(), null, 1)}\n`;
}
