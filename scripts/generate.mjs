// Writes everything that is made from something else: `npm run generate`. What is current is left alone.
import { join } from 'node:path';
import { interruptedCode, runChild } from './workspace/child.mjs';
import { root } from './workspace/paths.mjs';

const steps = [
  // The schemas are read from compiled code.
  [join('node_modules', 'typescript', 'bin', 'tsc'), '-b'],
  [join('scripts', 'generate-workflows.mjs')],
  [join('scripts', 'generate-docs.mjs')],
  [join('scripts', 'generate-schemas.mjs')],
];

let code = 0;
for (const step of steps) {
  const result = await runChild(process.execPath, step, { cwd: root, onLine: console.log });
  code ||= result.code;
}
process.exitCode = interruptedCode() ?? code;
