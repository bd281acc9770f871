import type { TestProject } from 'vitest/node';
import { buildCode } from '../../scripts/lib/code.mjs';

/** Builds the code before each run, also in watch mode: tests start processes from the newest build. */
export default async function setup(project: TestProject): Promise<void> {
  const build = async () => void (await buildCode(new AbortController().signal));
  project.onTestsRerun(build);
  await build();
}
