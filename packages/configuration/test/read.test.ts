import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { formatProblem } from '../src/problem.js';
import { checkConfiguration, readConfiguration } from '../src/read.js';
import { compose, filesOf, shop, shopFiles } from './fixtures.js';

function problemsOf(text: string, files = shopFiles): readonly string[] {
  const reading = checkConfiguration(text, 'headgate.yml', files);
  return reading.ok ? [] : reading.problems.map((problem) => formatProblem('headgate.yml', problem));
}

describe('a correct headgate.yml', () => {
  it('has no problems and gets its defaults', () => {
    const { configuration } = readConfiguration(shop, 'headgate.yml', shopFiles);

    expect(configuration.branches).toEqual({
      production: 'master',
      development: 'develop',
      feature: 'feature/',
      release: 'release/',
      hotfix: 'hotfix/',
      support: 'support/',
    });
    expect(configuration.images['worker']).toEqual({
      context: '.',
      file: 'Dockerfile',
      'test-targets': [],
      'test-results': [],
      'skipped-stages': [],
      platforms: [],
      'build-args': {},
      'build-contexts': {},
      secrets: {},
    });
    expect(configuration.environments['integration']?.targets['web']).toMatchObject({
      transport: 'local',
      engine: '',
      drain: '10s',
      settle: '2s',
    });
  });

  it('may be as small as a name', () => {
    expect(problemsOf('application: shop\n')).toEqual([]);
  });
});

describe('a wrong headgate.yml', () => {
  const cases: readonly (readonly [string, string, string, string])[] = [
    [
      'an unknown key at the top',
      'environments:',
      'enviroments:',
      'headgate.yml:13:1: unknown key `enviroments`, did you mean `environments`? Write `environments` instead of `enviroments`.',
    ],
    [
      'an unknown key below',
      '        instances: 2',
      '        replicas: 2',
      'headgate.yml:23:9: unknown key `replicas`. Remove it, or use one of: compose, service, image, port, reach, instances, allow-gap, keep-releases, strategy, transport, ssh, hosts, wave, on-failure, on-cancel, engine, proxy, health, drain, vars, secrets, settle, hooks, tests.',
    ],
    [
      'an unknown key in a reference',
      'host: {var: REGISTRY}',
      'host: {vaar: REGISTRY}',
      'headgate.yml:3:10: unknown key `vaar`, did you mean `var`? Write `var` instead of `vaar`.',
    ],
    [
      'a host by ssh that says nowhere where',
      '        instances: 2',
      '        instances: 2\n        transport: ssh',
      'needs `ssh.host`. Write `ssh: {host: user@host}`.',
    ],
    [
      'a host by ssh whose keys nobody pinned',
      '        instances: 2',
      '        instances: 2\n        transport: ssh\n        ssh: {host: deploy@a}',
      'needs its public keys in `ssh.known-hosts`',
    ],
    [
      'keys of a host that is this machine',
      '        instances: 2',
      '        instances: 2\n        ssh: {host: deploy@a, known-hosts: a}',
      '`ssh` has no meaning without `transport: ssh`',
    ],
    [
      'two hosts of one name',
      '        instances: 2',
      '        instances: 2\n        hosts: [{name: a}, {name: a}]',
      'the host `a` stands twice',
    ],
    [
      'a flag in place of a share',
      '        instances: 2',
      '        instances: 2\n        wave: -1',
      'a number of hosts from 1 to 64',
    ],
    [
      'a strategy that would never move',
      '        instances: 2',
      '        strategy: {type: rolling, surge: 0}',
      'headgate.yml:23:42: `environments.integration.targets.web.strategy`: surge 0 with unavailable 0 would replace nothing. Set one of them to 1 or more.',
    ],
    [
      'a canary that goes backwards',
      '        instances: 2',
      '        strategy: {type: canary, steps: [50% for 1m, 5% for 1m]}',
      'headgate.yml:23:41: `environments.integration.targets.web.strategy`: 5% comes after 50%. Write shares that grow, such as 5% for 2m, 25% for 5m, 100%.',
    ],
    [
      'a wrong type',
      'test-targets: [test]',
      'test-targets: test',
      'headgate.yml:8:19: `images.shop.test-targets`: a list was expected, found the text "test". Write [test].',
    ],
    [
      'a number where text is wanted',
      'username: robot',
      'username: 42',
      "headgate.yml:4:13: `registry.username`: text or {var: NAME} was expected, found the number 42. Put it in quotes: '42'.",
    ],
    [
      'a port out of range',
      'port: 3000',
      'port: 70000',
      'headgate.yml:22:15: `environments.integration.targets.web.port`: a port from 1 to 65535 was expected, found the number 70000. Correct the value.',
    ],
    [
      'a bad duration',
      'deadline: 30s',
      'deadline: 30 seconds',
      'headgate.yml:25:60: `environments.integration.targets.web.health.deadline`: a duration such as 250ms, 30s, 5m or 1h was expected, found the text "30 seconds". Correct the value.',
    ],
    [
      'a deadline shorter than the interval',
      'deadline: 30s',
      'deadline: 200ms',
      'headgate.yml:25:60: `environments.integration.targets.web`: the health deadline is shorter than one interval. Write a longer `deadline`.',
    ],
    [
      'a port without a proxy',
      '        proxy: {socket: {var: PROXY_SOCKET}, backend: shop}\n',
      '',
      'headgate.yml:22:15: `environments.integration.targets.web`: a service with a port needs a proxy in front of it. Add `proxy`, or remove `port`.',
    ],
    [
      'a proxy without a port',
      '        port: 3000\n',
      '',
      'headgate.yml:23:16: `environments.integration.targets.web`: a service without a port stands behind no proxy. Add `port`, or remove `proxy`.',
    ],
    [
      'shares of a service without a port',
      '        port: 3000\n        instances: 2\n        proxy: {socket: {var: PROXY_SOCKET}, backend: shop}\n',
      '        strategy: {type: blue-green}\n',
      'headgate.yml:22:19: `environments.integration.targets.web`: blue-green shares out requests, and the service has no port. Use `rolling`, or add `port`.',
    ],
    [
      'an address of a service without a port',
      '        port: 3000\n        instances: 2\n        proxy: {socket: {var: PROXY_SOCKET}, backend: shop}\n',
      '        reach: address\n',
      'headgate.yml:22:16: `environments.integration.targets.web`: a service without a port is reached at no address. Add `port`, or remove `reach`.',
    ],
    [
      'two sets where a gap is allowed',
      '        instances: 2\n',
      '        allow-gap: true\n        strategy: {type: blue-green}\n',
      'headgate.yml:24:19: `environments.integration.targets.web`: blue-green needs old and new instances side by side, and a gap is allowed. Use `rolling`, or remove `allow-gap`.',
    ],
    [
      'an unknown kind of branch',
      'branch: development',
      'branch: developmnt',
      'headgate.yml:15:13: `environments.integration.branch`: development or release or production was expected, found the text "developmnt". Write `development`.',
    ],
    [
      'an image that is not there',
      'image: shop\n        port',
      'image: shopp\n        port',
      'headgate.yml:21:16: `environments.integration.targets.web` runs the image `shopp`, which `images` does not have, did you mean `shop`? Write `shop`.',
    ],
    [
      'a service that is not in the compose file',
      'service: web',
      'service: wep',
      'headgate.yml:20:18: `environments.integration.targets.web`: compose.yaml has no service `wep`. Write `web`.',
    ],
    [
      'a missing key',
      '        service: web\n',
      '',
      'headgate.yml:18:7: `environments.integration.targets.web` lacks the key `service`. Add `service:` there.',
    ],
    [
      'a missing compose file',
      'compose: compose.yaml',
      'compose: deploy/compose.yaml',
      'headgate.yml:19:18: `environments.integration.targets.web`: the compose file deploy/compose.yaml does not exist. Add the file, or correct `compose`.',
    ],
    [
      'a missing Dockerfile',
      'target: runtime',
      'file: Dockerfile.prod',
      'headgate.yml:7:11: image `shop`: the Dockerfile Dockerfile.prod does not exist. Add the file, or name the right one (seen from the context) in `images.shop.file`.',
    ],
    [
      'a missing context',
      'target: runtime',
      'context: app',
      'headgate.yml:7:14: image `shop`: the build context app does not exist. Correct `context`, or add the folder to the repository.',
    ],
    [
      'a path out of the repository',
      'target: runtime',
      'context: ../other',
      'headgate.yml:7:14: `images.shop.context`: a path inside the repository, relative to its root, with / and without .. was expected, found the text "../other". Correct the value.',
    ],
    [
      'an image of one name twice',
      '  worker: {}',
      '  shop: {}',
      'headgate.yml:12:3: `shop` is given a second time; each name may stand once. Rename or remove one of the two.',
    ],
    [
      'no valid YAML',
      'application: shop',
      'application: [shop',
      'headgate.yml:2:1: this is not valid YAML: ',
    ],
  ];

  it.each(cases)('%s is named with its place and its cure', (_, from, to, expected) => {
    expect(shop).toContain(from);

    const problems = problemsOf(shop.replace(from, to));

    expect(problems).toContainEqual(expect.stringContaining(expected));
  });

  it('two environments of one name point at the second', () => {
    const block = shop.slice(shop.indexOf('  integration:'));

    expect(problemsOf(shop + block)).toEqual([
      'headgate.yml:26:3: `integration` is given a second time; each name may stand once. Rename or remove one of the two.',
    ]);
  });

  it('two environments fed by one kind of branch are refused', () => {
    const block = shop.slice(shop.indexOf('  integration:')).replace('integration', 'second');

    expect(problemsOf(shop + block)).toEqual([
      expect.stringContaining(
        'headgate.yml:27:13: environments `integration` and `second` are both fed by development branches',
      ),
    ]);
  });

  it('a branch that overlaps with the default of another kind is refused', () => {
    const text = `${shop}branches: {production: release/1, feature: develop/}\n`;

    expect(problemsOf(text)).toEqual([
      expect.stringContaining('`branches.production` (release/1) and `branches.release` (release/) overlap'),
    ]);
  });

  it('branches that overlap are refused', () => {
    const text = `${shop}branches: {feature: work/, hotfix: work/fix/, production: main, development: main}\n`;

    expect(problemsOf(text)).toEqual([
      expect.stringContaining('`branches.hotfix` (work/fix/) and `branches.feature` (work/) overlap'),
      expect.stringContaining('`branches.development` (main) and `branches.production` (main) overlap'),
    ]);
  });

  it('all problems come at once, in order of place', () => {
    const text = shop
      .replace('application: shop', 'application: Shop!')
      .replace('target: runtime', 'file: missing\n    colour: red\n    taste: sweet')
      .replace('port: 3000', 'port: http');

    const problems = problemsOf(text);

    expect(problems.map((line) => line.split(': ')[0])).toEqual([
      'headgate.yml:1:14',
      'headgate.yml:7:11',
      'headgate.yml:8:5',
      'headgate.yml:9:5',
      'headgate.yml:24:15',
    ]);
  });

  it('is refused as one error that lists everything', () => {
    expect(() => readConfiguration('images: {a: 1}\nx: 1\n', 'headgate.yml', shopFiles)).toThrow(
      /headgate.yml has 3 problems:\nheadgate.yml:1:/,
    );
  });

  it.each(['[]', 'hello', ''])('the file %j, which is no mapping, is said to be none', (text) => {
    expect(problemsOf(text)).toEqual([
      expect.stringContaining('headgate.yml:1:1: the file: a mapping of keys to values was expected'),
    ]);
  });

  it('a list where a mapping belongs has that one problem', () => {
    const text = 'application: shop\nimages:\n  - name: shop\n  - colour: red\n';

    expect(problemsOf(text)).toEqual([
      'headgate.yml:3:3: `images`: a mapping of keys to values was expected, found a list. Write keys with values, without dashes and brackets.',
    ]);
  });

  it('any text is either a configuration or has problems with places inside it', () => {
    const keys = fc.constantFrom(
      'application',
      'images',
      'environments',
      'branches',
      'registry',
      '__proto__',
      'x',
    );
    const tree = fc.dictionary(keys, fc.oneof(fc.jsonValue(), fc.dictionary(fc.string(), fc.jsonValue())));
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          tree.map((value) => JSON.stringify(value)),
        ),
        (text) => {
          const reading = checkConfiguration(text, 'headgate.yml', filesOf({ 'compose.yaml': compose }));
          const lines = text.split('\n').length;
          return (
            reading.ok ||
            reading.problems.every(({ line, column }) => line >= 1 && line <= lines + 1 && column >= 1)
          );
        },
      ),
    );
  });
});
