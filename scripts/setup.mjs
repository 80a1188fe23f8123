// Makes this machine ready for `npm start` and `npm test`: `npm run setup [-- --quick]`. A second run only looks.
//   --quick  only what `npm test` needs without its slow half: no Docker, no root
import { SetupError } from './setup/get.mjs';
import { prepare } from './setup/prepare.mjs';
import { seconds } from './setup/progress.mjs';
import { interruptedCode } from './workspace/child.mjs';

const started = Date.now();
try {
  const environment = await prepare(process.argv.includes('--quick') ? { only: 'quick' } : {});
  const engine = environment.engine === null ? '' : `; Docker engine: ${environment.engine}`;
  console.log(`Set up in ${seconds(started)}${engine}. Kept in .cache/headgate.`);
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
process.exit(interruptedCode() ?? process.exitCode ?? 0);
