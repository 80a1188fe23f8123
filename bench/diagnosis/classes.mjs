// The broken versions that are deployed: one way of being broken each, and from when on the engine shows it.

/**
 * @typedef {object} Broken
 * @property {string} name
 * @property {string} code expected in the log
 * @property {Record<string, unknown>} [service] members of the compose file's service
 * @property {Record<string, string>} [inputs]
 * @property {number} [refusal] status that the registry answers the pull with
 * @property {{ action: string, nth: number }} [event] the engine's event that shows it
 * @property {{ line: string, afterMs: number }} [since] else: so long after that line of the log
 */

/** Programs that fail, as one argument of `node -e`. */
const lacksMemory = 'const all = []; for (;;) all.push(Buffer.alloc(1e6, 1));';
const listensInside = "require('node:http').createServer().listen(3000, '127.0.0.1')";
const answers = "require('node:http').createServer((_, answer) => answer.end()).listen(3000)";
export const failingCheck = {
  test: ['CMD', 'node', '-e', 'console.log("no database"); process.exit(7)'],
  interval: '1s',
  retries: 1,
};

export const goodVersion = { command: ['node', '-e', answers] };

/** @param {string} folder holds `not-a-program` @returns {readonly Broken[]} */
export function brokenVersions(folder) {
  const prepared = { line: 'done prepare', afterMs: 0 };
  const file = `${folder}/not-a-program`;
  return [
    { name: 'image not found', code: 'image-not-found', refusal: 404 },
    { name: 'registry wants a login', code: 'registry-refused', refusal: 401 },
    { name: 'registry’s limit', code: 'registry-limit', refusal: 429 },
    { name: 'missing binary', code: 'cannot-run', service: { command: ['/nope'] }, since: prepared },
    { name: 'not executable', code: 'cannot-run', service: { command: ['/etc/passwd'] }, since: prepared },
    {
      name: 'exec format error',
      code: 'cannot-run',
      service: { command: ['/bad'], volumes: [`${file}:/bad:ro`] },
      since: prepared,
    },
    {
      name: 'ends as a shell without command',
      code: 'cannot-run',
      service: { command: ['node', '-e', 'process.exit(127)'] },
      event: { action: 'die', nth: 1 },
    },
    {
      name: 'exits at once, for good',
      code: 'instance-exited',
      service: { command: ['node', '-e', 'process.exit(3)'], restart: 'no' },
      event: { action: 'die', nth: 1 },
    },
    {
      name: 'exits again and again',
      code: 'instance-exited',
      service: { command: ['node', '-e', 'setTimeout(() => process.exit(3), 300)'] },
      event: { action: 'die', nth: 2 },
    },
    {
      name: 'out of memory',
      code: 'out-of-memory',
      service: { command: ['node', '-e', lacksMemory], mem_limit: '64m' },
      event: { action: 'die', nth: 1 },
    },
    {
      name: 'health check fails',
      code: 'health-check-failed',
      service: { command: ['node', '-e', answers], healthcheck: failingCheck },
      event: { action: 'health_status: unhealthy', nth: 1 },
    },
    {
      name: 'listens inside only',
      code: 'not-listening',
      service: { command: ['node', '-e', listensInside] },
      inputs: { 'health-deadline': '3s' },
      since: { line: 'done start', afterMs: 3000 },
    },
    {
      name: 'proxy refuses',
      code: 'proxy-refused',
      inputs: { 'proxy-backend': 'other' },
      since: { line: '', afterMs: 0 },
    },
    {
      name: 'engine unreachable',
      code: 'engine-unreachable',
      inputs: { engine: '/nowhere/docker.sock', 'engine-deadline': '1s' },
      // It shows nothing, ever: from the beginning, with the time that it is waited for.
      since: { line: '', afterMs: 0 },
    },
  ];
}
