#!/usr/bin/env node
import { join } from 'node:path';
import process from 'node:process';
import { pathToFileURL } from 'node:url';
import { buildCode } from '../../../scripts/lib/code.mjs';

const build = await builtCode();
process.setSourceMapsEnabled(true);
const { runInTerminal } = await import(pathToFileURL(join(build, 'cli.mjs')).href);
await runInTerminal();

/** A command's standard output may be read by a program, so build messages go to standard error. */
async function builtCode() {
  try {
    return await buildCode(new AbortController().signal, (line) => process.stderr.write(`${line}\n`));
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(2);
  }
}
