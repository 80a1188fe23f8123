// Hooks of a deployment on a real engine behind a real proxy, on this machine and by ssh, under load.
import { createHttp } from '@headgate/kit/http';
import { startTestServer, type TestServer } from '@headgate/kit/testing/http-server';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type DeployOptions, deploy, type FinishedDeploy } from './deploy.js';
import {
  type BuiltImage,
  buildImage,
  docker,
  missingTool,
  startHost,
  type TestHost,
  testContainers,
} from './host.js';
import { type KeptHosts, keepHosts } from './kept-hosts.js';
import { killLoads, startLoad } from './load.js';
import { missingSshd, type Sshd, sshInputs, startSshd } from './sshd.js';

const transports = [
  ['local', missingTool()],
  ['ssh', missingTool() ?? missingSshd()],
] as const;
for (const [transport, missing] of transports)
  if (missing !== null)
    process.stdout.write(`deployment-hooks.it.test.ts skipped for ${transport}: ${missing}\n`);
const present = transports.flatMap(([transport, missing]) => (missing === null ? [transport] : []));
const onHost = present.length === 0 ? describe.skip : describe;
const application = 'headgate-hooks-it';
const node = (code: string, ...more: string[]): string[] => [
  'node',
  '--input-type=module',
  '-e',
  code,
  ...more,
];
/** In the instance's own container, which listens on the loopback of its own. */
const own = `
  const seen = await (await fetch('http://127.0.0.1:3000/')).json();
  console.log('own', seen.version, process.env.HEADGATE_HOOK, process.env.HEADGATE_INSTANCES, process.env.TOKEN);
`;
/** In a container of its own, by the addresses it is told. */
const other = `
  for (const address of process.env.HEADGATE_ADDRESSES.split(' ')) {
    const seen = await (await fetch('http://' + address + '/')).json();
    console.log('other', seen.version, process.env.VERSION);
  }
`;

onHost('the hooks of a deployment on a real engine', () => {
  let images: readonly BuiltImage[];

  beforeAll(() => {
    images = [buildImage('hooks-one'), buildImage('hooks-two')];
  });
  afterAll(() => void docker('network', 'rm', `${application}_default`));

  describe.each(present)('%s', (transport) => {
    let host: TestHost;
    let hosts: KeptHosts;
    let outside: TestServer;
    let sshd: Sshd | null = null;
    const run = (
      image: number,
      hooks: object,
      { inputs, ...options }: DeployOptions = {},
    ): Promise<FinishedDeploy> =>
      deploy(host, images[image]?.reference ?? '', {
        http: createHttp(),
        ...options,
        inputs: {
          engine: process.env['DOCKER_HOST'] ?? '',
          'environment-secrets': 'TOKEN',
          ...(sshd === null ? {} : sshInputs(sshd)),
          'deploy-secrets': JSON.stringify({
            environment: { TOKEN: 'very secret value' },
            ...(sshd === null ? {} : { 'ssh-key': sshd.key }),
          }),
          settings: JSON.stringify({ hooks }),
          ...inputs,
        },
      });
    const serving = async (): Promise<unknown> => (await fetch(host.url)).json();
    const running = (): number => host.containers().filter(({ state }) => state === 'running').length;
    const said = ({ core }: FinishedDeploy, word: string): readonly string[] =>
      core.lines.filter((line) => line.startsWith(`${word} `));

    beforeAll(async () => {
      if (transport === 'ssh') sshd = await startSshd();
      hosts = keepHosts(async () => {
        host = await startHost(application);
        host.writeCompose({ VERSION: 'old' });
        await run(0, {}, { inputs: { settle: '100ms' } });
        return [host];
      });
    });
    beforeEach(async () => {
      outside = await startTestServer();
      await hosts.ready();
      host.writeCompose({ VERSION: 'new' });
    });
    afterEach(async () => {
      killLoads();
      await outside.close();
    });
    afterAll(() => {
      hosts.close();
      sshd?.close();
    });

    it.each([
      ['rolling', {}],
      ['blue-green', { strategy: '{type: blue-green, keep-warm: 300ms}' }],
      ['canary', { strategy: '{type: canary, steps: [50% for 300ms, 100%]}' }],
    ])('come at every point of %s, each where it should, and no request is lost', async (_, inputs) => {
      outside.on('POST /told', { status: 204 });
      const load = await startLoad(host.url, 100);
      const look = { name: 'look', command: node(own) };
      const ask = { name: 'ask', http: { path: '/' } };

      const finished = await run(
        1,
        {
          'before-deploy': [{ name: 'migrate', task: { command: node(other) } }, look],
          'after-start': [look],
          'test-traffic': [look, ask, { name: 'apart', task: { command: node(other) } }],
          'before-traffic': [ask],
          'after-traffic': [look],
          'after-deploy': [
            look,
            { name: 'tell', http: { method: 'POST', url: `${outside.url}/told`, status: 204 } },
          ],
          'on-rollback': [{ command: ['false'] }],
        },
        { inputs },
      );

      const { failures } = await load.stop();
      expect(finished.result.failure).toBeUndefined();
      expect(failures).toEqual([]);
      const outcomes = finished.result.entry?.parts.tests?.map(({ name, outcome }) => `${name} ${outcome}`);
      expect(new Set(outcomes)).toEqual(
        new Set(
          [
            ...[
              'before-deploy/migrate',
              'before-deploy/look',
              'after-start/look',
              'test-traffic/look',
              'test-traffic/ask',
            ],
            ...[
              'test-traffic/apart',
              'before-traffic/ask',
              'after-traffic/look',
              'after-deploy/look',
              'after-deploy/tell',
            ],
          ].map((name) => `${name} passed`),
        ),
      );
      const points = said(finished, 'own').map((line) => line.split(' ').slice(1, 3).join(' '));
      expect([...new Set(points)]).toEqual([
        'old before-deploy',
        'new after-start',
        'new test-traffic',
        'new after-traffic',
        'new after-deploy',
      ]);
      expect(said(finished, 'own')[0]).toMatch(/ \*\*\*$/);
      // The task of before-deploy is of the new version already, and asks the former one.
      expect(said(finished, 'other')).toEqual(['other old new', 'other new new']);
      expect(JSON.parse(outside.requests[0]?.body ?? '{}')).toMatchObject({
        HEADGATE_DIGEST: images[1]?.digest,
        HEADGATE_FORMER_DIGEST: images[0]?.digest,
      });
      expect(testContainers(application)).toBe('');
      expect(await serving()).toMatchObject({ version: 'new' });
    });

    it.each([
      ['a command', { command: ['node', '-e', 'console.error("no"); process.exit(7)'] }, 'exit code 7'],
      ['a command that is not there', { command: ['no-such-command'] }, 'exit code 12'],
      [
        'a command that hangs',
        { command: node('setInterval(() => {}, 1000)'), timeout: '1s' },
        'did not end within 1 s',
      ],
      ['a call', { http: { path: '/', status: 418 } }, 'it answered 200, 418 was expected'],
      ['a task', { task: { command: ['node', '-e', 'process.exit(9)'] } }, 'exit code 9'],
      [
        'a task that hangs',
        { task: { command: node('setInterval(() => {}, 1000)') }, timeout: '1s' },
        'it was stopped',
      ],
    ])('undo without a lost request when %s fails in traffic', async (_, hook, how) => {
      const load = await startLoad(host.url, 100);

      const finished = await run(1, {
        'after-traffic': [{ name: 'check', ...hook }],
        'on-rollback': [{ name: 'look', command: node(own) }],
      });

      expect((await load.stop()).failures).toEqual([]);
      expect(finished.result.failure).toMatchObject({
        code: 'hook-failed',
        message: expect.stringContaining(how),
      });
      expect(finished.result.outputs).toMatchObject({ outcome: 'undone', digest: images[0]?.digest });
      expect(said(finished, 'own')).toEqual([expect.stringContaining('own old on-rollback')]);
      expect(testContainers(application)).toBe('');
      expect(running()).toBe(1);
      expect(await serving()).toMatchObject({ version: 'old' });
    });
  });
});
