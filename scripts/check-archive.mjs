// Weighs what a runner downloads, and compares it with what it needs: `node scripts/check-archive.mjs [--out DIR]`.
//   --out  unpacks it, too
import { mkdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { archiveLimit, archiveProblems, makeArchive } from './check/archive.mjs';
import { runnerFiles } from './pack/contents.mjs';
import { interruptedCode } from './workspace/child.mjs';
import { root } from './workspace/paths.mjs';

const { values } = parseArgs({ options: { out: { type: 'string' } } });
const out = values.out ? resolve(values.out) : null;
if (out) mkdirSync(out, { recursive: true });
const archive = await makeArchive(root, out);
if (archive) {
  const problems = archiveProblems(archive, [...runnerFiles(root), 'README.md', 'SECURITY.md']);
  for (const problem of problems) console.error(problem);
  if (problems.length === 0) console.log(`archive: ${archive.bytes} bytes of ${archiveLimit}`);
  process.exitCode = problems.length === 0 ? 0 : 1;
} else {
  console.log('archive: left out, this is no git checkout');
}
process.exitCode = interruptedCode() ?? process.exitCode ?? 0;
