// The worker's health check: `node dist/worker-check.js` ends with 0 while the worker goes on with its rounds.
import { stat } from 'node:fs/promises';
import { isAlive, signOfLife } from './worker-life.ts';

const sign = await stat(signOfLife).catch(() => null);
const alive = sign !== null && isAlive(sign.mtimeMs, Date.now());
console.log(
  sign === null ? 'it has not begun' : `last round ${Date.now() - Math.round(sign.mtimeMs)} ms ago`,
);
process.exitCode = alive ? 0 : 1;
