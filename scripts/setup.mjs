// Makes this machine ready for `npm start` and `npm test`: `npm run setup`. A second run only looks.

import { SetupError } from './setup/get.mjs';
import { prepare } from './setup/prepare.mjs';
import { seconds } from './setup/progress.mjs';
import { interruptedCode } from './workspace/child.mjs';

const started = Date.now();
try {
  const environment = await prepare();
  console.log(
    `Set up in ${seconds(started)}; Docker engine: ${environment.engine}. Kept in .cache/headgate.`,
  );
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
process.exit(interruptedCode() ?? process.exitCode ?? 0);
