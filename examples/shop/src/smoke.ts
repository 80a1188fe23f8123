// The test container after a deployment: `node dist/smoke.js` asks the service that SERVICE_URL names, and fails if it
// is not this very release, or does not sell. It is the image that was deployed, started once with another command.
import { checkService } from './service-check.ts';
import { releaseOf } from './version.ts';

const url = process.env['SERVICE_URL'] || 'http://web:3000';
const results = await checkService(url, releaseOf(process.env), AbortSignal.timeout(20_000));
for (const { name, problem } of results)
  console.log(problem === null ? `good  ${name}` : `BAD   ${name}: ${problem}`);
process.exitCode = results.every(({ problem }) => problem === null) ? 0 : 1;
