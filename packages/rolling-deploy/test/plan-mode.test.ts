// Mode plan: what would change, nothing touched, and no secret's value in any of it.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createRedactor } from '@headgate/kit/secrets';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Forecast } from '../src/forecast.js';
import { planRollout } from '../src/plan.js';
import { parseStrategy } from '../src/strategy.js';
import { stagesOf } from '../src/strategy-words.js';
import type { Instance } from '../src/target.js';
import { differences, factsOf } from '../src/version-facts.js';
import { type DeployOptions, deploy, type FinishedDeploy } from './deploy.js';
import { type DoubleHost, startDoubleHost } from './doubles.js';

const digest = (digit: string): string => `sha256:${digit.repeat(64)}`;
const image = (digit: string): string => `registry.example:5000/shop@${digest(digit)}`;
const secret = 'correct horse battery staple';
const withSecret = {
  'deploy-secrets': `environment: {TOKEN: "${secret}"}`,
  'environment-secrets': 'TOKEN',
};

describe('a plan', () => {
  let host: DoubleHost;
  const run = (mode: string, to: string, inputs: DeployOptions['inputs'] = {}): Promise<FinishedDeploy> =>
    deploy(host, to, {
      inputs: {
        mode,
        engine: host.engineSocket,
        settle: '1ms',
        'health-interval': '10ms',
        'drain-deadline': '0s',
        ...inputs,
      },
    });
  const planOf = ({ result }: FinishedDeploy): Forecast =>
    JSON.parse(String(result.outputs['plan'])) as Forecast;
  /** Everything that would show a change: containers, slots, locks, and calls that are no questions. */
  const world = (): string =>
    JSON.stringify([
      host.containers.map(({ id, state }) => [id, state]),
      [...host.slots],
      host.engine.requests.filter(({ method }) => method !== 'GET').length,
    ]);

  beforeEach(async () => {
    host = await startDoubleHost();
    host.writeCompose(
      'services: {web: {image: shop, command: [node, one.js], environment: {A: first}, volumes: ["/srv/data:/data"]}}',
    );
  });
  afterEach(() => host.close());

  it('says which hooks would run where, and none when nothing would change', async () => {
    const hooks = JSON.stringify({
      'before-deploy': [{ name: 'migrate', task: { command: ['node', 'migrate.js'] } }],
      'after-start': [{ name: 'warm', command: ['node', 'warm.js'] }],
    });
    const of = async (to: string): Promise<readonly string[]> =>
      planOf(await run('plan', image(to), { hooks })).notices;
    await run('deploy', image('1'));

    expect(await of('1')).toEqual([]);
    expect(await of('2')).toEqual([
      'at before-deploy the hook migrate would run, a task of its own',
      'at after-start the hook warm would run, a command in the instance',
    ]);
  });

  it('says what would change and touches nothing', async () => {
    await run('deploy', image('1'));
    host.writeCompose(
      'services: {web: {image: shop, command: [node, two.js], environment: {A: second, B: new}, mem_limit: 64m}}',
    );
    const before = world();

    const planned = await run('plan', image('2'), { instances: '2', ...withSecret });

    expect(world()).toBe(before);
    expect(planned.result.failure).toBeUndefined();
    expect(planned.result.outputs).toMatchObject({ changes: 'true', digest: digest('1') });
    const plan = planOf(planned);
    expect(plan).toMatchObject({
      changes: true,
      image: { from: digest('1'), to: digest('2'), isOnHost: false },
      instances: { from: 1, to: 2 },
      strategy: 'rolling',
    });
    expect(plan.differences.map(({ what, from, to }) => [what, from, to])).toEqual(
      expect.arrayContaining([
        ['command', '["node","one.js"]', '["node","two.js"]'],
        ['environment A', expect.stringMatching(/^digest \w{12}$/), expect.stringMatching(/^digest \w{12}$/)],
        ['environment B', null, expect.stringMatching(/^digest \w{12}$/)],
        ['environment TOKEN', null, expect.stringMatching(/^digest \w{12}$/)],
        ['volume /data', 'bind /srv/data', null],
        ['memory', null, '67108864'],
      ]),
    );
    expect(plan.stages).toHaveLength(2);
    expect(plan.stages[0]).toMatch(/^start 1 instance in traffic for 0.001 s, then drain and stop shop-web-/);
    expect(planned.core.summary()).toContain('environment TOKEN');
    expect(planned.core.lines.join('\n')).toContain('image: sha256:1');
  });

  it('says that nothing would change, and shows no difference', async () => {
    await run('deploy', image('1'), withSecret);

    const planned = await run('plan', image('1'), withSecret);

    expect(planned.result.outputs['changes']).toBe('false');
    expect(planOf(planned)).toMatchObject({ differences: [], stages: [], notices: [] });
  });

  it('shows a changed secret as another digest, and an equal one as none', async () => {
    await run('deploy', image('1'), withSecret);
    const other = { ...withSecret, 'deploy-secrets': 'environment: {TOKEN: "another secret value"}' };

    const plan = planOf(await run('plan', image('1'), other));

    expect(plan.changes).toBe(true);
    expect(plan.differences.map(({ what }) => what)).toEqual(['environment TOKEN']);
  });

  it('is the same as what a deployment then does', async () => {
    await run('deploy', image('1'));
    for (const inputs of [{}, { instances: '2' }, { force: 'true' }, { instances: '1' }]) {
      const { changes } = planOf(await run('plan', image('1'), inputs));
      const { result } = await run('deploy', image('1'), inputs);

      expect([inputs, result.outputs['outcome']]).toEqual([inputs, changes ? 'deployed' : 'unchanged']);
    }
  });

  it('names what a lost run left, and leaves it', async () => {
    await run('deploy', image('1'));
    const web2 = host.slots.get('web2');
    if (web2 !== undefined) Object.assign(web2, { port: 1, state: 'ready' });
    const before = world();

    const plan = planOf(await run('plan', image('2')));

    expect(plan.notices).toEqual(['slot web2 leads to 127.0.0.1:1, where nothing of this service runs']);
    expect(world()).toBe(before);
  });

  it('of a way back compares with the kept release', async () => {
    await run('deploy', image('1'));
    await run('deploy', image('2'));

    const plan = planOf(await run('plan', '', { 'rollback-to': 'previous' }));

    expect(plan).toMatchObject({ image: { from: digest('2'), to: digest('1') }, differences: [] });
  });

  it('works while another run holds the lock, and refuses what a deployment refuses', async () => {
    await expect(run('plan', 'shop:latest')).rejects.toMatchObject({ code: 'image-without-digest' });
    await expect(run('plan', image('1'), { service: 'api' })).rejects.toMatchObject({
      code: 'invalid-compose',
    });
    await expect(run('plan', image('1'), { 'lock-directory': '/proc/locks' })).resolves.toBeDefined();
  });

  it('holds no secret’s value, wherever the compose file puts it', async () => {
    host.writeCompose(
      `services: {web: {image: shop, command: [node, "--token=${secret}"], environment: {A: "${secret}"}, user: "${secret}"}}`,
    );
    const { result, core } = await run('plan', image('1'), withSecret);

    const shown = [...core.lines, core.summary(), JSON.stringify(result)].join('\n');
    expect(shown).toContain('environment TOKEN');
    expect(shown).not.toContain(secret);
  });
});

describe('a plan of two services of one compose file', () => {
  let host: DoubleHost;
  const put = (name: string, content: string): void =>
    writeFileSync(join(host.folder, 'workspace', name), content);
  const run = (mode: string, service: string, token: string): Promise<FinishedDeploy> =>
    deploy(host, image('1'), {
      inputs: {
        mode,
        service,
        target: service,
        port: '',
        engine: host.engineSocket,
        settle: '1ms',
        'health-interval': '10ms',
        'deploy-secrets': `environment: {TOKEN: "${token}"}`,
        'environment-secrets': service === 'web' ? 'TOKEN' : '',
      },
    });
  const changesOf = async (token = secret): Promise<Readonly<Record<string, readonly string[]>>> => {
    const found: Record<string, readonly string[]> = {};
    for (const service of ['web', 'worker']) {
      const { result, core } = await run('plan', service, token);
      const plan = JSON.parse(String(result.outputs['plan'])) as Forecast;
      if (plan.changes) found[service] = plan.differences.map(({ what }) => what);
      const shown = [...core.lines, core.summary(), JSON.stringify(result)].join('\n');
      for (const value of [secret, 'another secret value', 'first key', 'second key'])
        expect(shown).not.toContain(value);
      for (const { what, from, to } of plan.differences)
        expect([what, from, to]).toEqual([
          what,
          expect.stringMatching(/^digest \w{12}$/),
          expect.stringMatching(/^digest \w{12}$/),
        ]);
    }
    return found;
  };

  beforeEach(async () => {
    host = await startDoubleHost();
    put('web.env', 'LEVEL=low');
    put('worker.env', 'LEVEL=low');
    put('app.conf', 'colour = blue');
    put('key.txt', 'first key');
    host.writeCompose(`services:
  web: {image: shop, env_file: web.env, configs: [app], secrets: [token, key]}
  worker: {image: shop, env_file: worker.env, configs: [app]}
configs: {app: {file: app.conf}}
secrets: {token: {environment: TOKEN}, key: {file: key.txt}}
`);
    for (const service of ['web', 'worker'])
      expect((await run('deploy', service, secret)).result.outputs['outcome']).toBe('deployed');
  });
  afterEach(() => host.close());

  it('names a changed environment file, config or secret by digests, for exactly the services that use it', async () => {
    expect(await changesOf()).toEqual({});

    put('worker.env', 'LEVEL=high');
    expect(await changesOf()).toEqual({ worker: ['environment LEVEL'] });
    put('worker.env', 'LEVEL=low');

    put('app.conf', 'colour = red');
    expect(await changesOf()).toEqual({ web: ['file /app'], worker: ['file /app'] });
    put('app.conf', 'colour = blue');

    put('key.txt', 'second key');
    expect(await changesOf()).toEqual({ web: ['file /run/secrets/key'] });
    put('key.txt', 'first key');

    expect(await changesOf('another secret value')).toEqual({ web: ['file /run/secrets/token'] });
  });
});

describe('facts of a version', () => {
  const cover = { key: 'key', redact: (text: string) => text };

  it('hold no secret, quoted or not, wherever it stands', () => {
    const value = fc
      .string({ minLength: 8, maxLength: 40, unit: 'binary' })
      .filter((text) => text.trim().length >= 8);
    fc.assert(
      fc.property(value, (hidden) => {
        const { redact } = createRedactor([hidden]);
        const body = {
          Cmd: ['run', `--token=${hidden}`],
          User: hidden,
          Healthcheck: { Test: ['CMD', hidden] },
          HostConfig: {
            Mounts: [{ Type: 'bind', Source: `/${hidden}`, Target: `/a${hidden}` }],
            Tmpfs: { [hidden]: '' },
          },
        };
        const shown = JSON.stringify([...factsOf(body, {}, { key: 'key', redact })]);

        expect(shown).not.toContain(hidden);
        expect(shown).not.toContain(JSON.stringify(hidden).slice(1, -1));
        expect(shown).not.toContain(JSON.stringify(JSON.stringify(hidden)).slice(3, -3));
      }),
    );
  });

  it('hold no value of the environment, whatever it is', () => {
    const value = fc.string({ minLength: 8, maxLength: 40 }).filter((text) => !/^[\da-f]*$/.test(text));
    fc.assert(
      fc.property(fc.dictionary(fc.stringMatching(/^[A-Z]{1,6}$/), value), (environment) => {
        const pairs = Object.entries(environment);
        const facts = factsOf({ Env: pairs.map(([name, text]) => `${name}=${text}`) }, {}, cover);
        const shown = [...facts].flat().join('\n');

        for (const [name, text] of pairs) {
          expect(facts.get(`environment ${name}`)).toMatch(/^digest [0-9a-f]{12}$/);
          if (!`environment ${name} digest`.includes(text)) expect(shown).not.toContain(text);
        }
      }),
    );
  });

  it('are none where the image says the same, and equal however the engine writes them', () => {
    const defaults = { Env: ['PATH=/bin'], Cmd: ['run'], Healthcheck: { Test: ['NONE'] } };
    const asked = { Healthcheck: { Test: ['CMD', 'x'], Interval: 5, Timeout: 0, Retries: 0 } };
    const told = { Env: ['PATH=/bin'], Cmd: ['run'], Healthcheck: { Interval: 5, Test: ['CMD', 'x'] } };

    expect(differences(factsOf(told, defaults, cover), factsOf(asked, defaults, cover))).toEqual([]);
  });
});

describe('a strategy in words', () => {
  const old = ['a', 'b'].map((name, index): Instance => {
    return {
      id: name,
      name,
      revision: 'old',
      digest: 'd',
      createdAt: index,
      startedAt: index,
      running: true,
      restarts: 0,
      traffic: 'in',
    };
  });
  const plan = planRollout({ instances: old, notices: [] }, { revision: 'new', instances: 2 });

  it.each([
    [
      'rolling',
      [
        'start 1 instance in traffic for 5 s, then drain and stop a',
        'start 1 instance in traffic for 5 s, then drain and stop b',
      ],
    ],
    [
      { type: 'rolling', surge: 0, unavailable: 2 },
      ['drain and stop a, b, then start 2 instances in traffic for 5 s'],
    ],
    [
      { type: 'blue-green', 'keep-warm': '30s' },
      [
        'start 2 instances without traffic',
        'give all requests to the new version in one change of the proxy',
        'keep the former one ready for 30 s',
        'drain and stop a, b',
      ],
    ],
    [
      { type: 'canary', steps: ['5% for 2m', '100%'] },
      [
        'give 5 % of the requests to 1 instance for 120 s',
        'give 100 % of the requests to 2 instances for 5 s',
        'drain and stop a, b',
      ],
    ],
  ])('%j', (given, stages) => {
    expect(stagesOf(plan, parseStrategy(given), 2, 5000)).toEqual(stages);
  });
});
