// Previews: which events show, remove or sweep them, what the action is told, and what headgate.yml may not say.
import { describe, expect, it } from '@jest/globals';
import { decide } from '../src/decide.js';
import type { Decision } from '../src/decision.js';
import { parseDecision } from '../src/decision-schema.js';
import type { Facts, PullRequestEvent } from '../src/facts.js';
import { formatProblem } from '../src/problem.js';
import { checkConfiguration } from '../src/read.js';
import { routes } from '../src/routes.js';
import { factsOf, readShop, shop, shopFiles } from './fixtures.js';

const previews = `previews:
  compose: compose.yaml
  services:
    web: {image: shop, port: 3000}
    database: {}
  runner: [self-hosted, {var: PREVIEW_LABEL, default: preview}]
  address: http://previews.example.com:{port}
  vars: {ENVIRONMENT: preview}
  secrets: {TOKEN: {secret: PREVIEW_TOKEN}}
`;
const withPreviews = shop + previews;

function pullRequest(changes: Partial<PullRequestEvent> = {}): Facts {
  const event = { number: 7, head: 'feature/a', base: 'develop', untrusted: null, closed: false, ...changes };
  return factsOf({
    eventName: 'pull_request',
    event: { kind: 'pull-request', ...event },
    ref: 'refs/pull/7/merge',
  });
}
const decided = (facts: Facts, text = withPreviews): Decision => decide(facts, readShop(text));

describe('the preview of a run', () => {
  it('is shown for a pull request into develop, whose images are published for it', () => {
    const decision = decided(pullRequest());

    expect(decision.preview).toEqual({
      stage: 'deploy',
      name: 'preview',
      leg: expect.stringMatching(/^[0-9a-f]{12}$/),
      runner: ['self-hosted', 'preview'],
      settings: {
        leg: 'preview',
        mode: 'preview',
        application: 'shop',
        transport: 'local',
        engine: '',
        'pull-request': 7,
        'compose-file': 'compose.yaml',
        services: { web: { 'image-name': 'shop', port: 3000 }, database: {} },
        address: 'http://previews.example.com:{port}',
        bind: '127.0.0.1',
        ttl: '72h',
        most: 5,
        'health-path': '/health',
        'health-interval': '1s',
        'health-deadline': '1m',
        'registry-username': 'robot',
        'environment-secrets': { TOKEN: { secret: 'PREVIEW_TOKEN' } },
        vars: { ENVIRONMENT: 'preview' },
      },
    });
    expect(decision.publish).toBe(true);
    expect(decision.images[0]?.settings).toMatchObject({ publish: true, tags: [], 'moving-tags': ['pr-7'] });
    expect(parseDecision(JSON.stringify(decision))).toEqual(decision);
  });

  it('is taken away when its pull request is closed, and nothing else happens', () => {
    const decision = decided(pullRequest({ closed: true }));

    expect(decision.preview?.settings).toEqual({
      leg: 'preview',
      mode: 'preview-reap',
      application: 'shop',
      transport: 'local',
      engine: '',
      'pull-request': 7,
    });
    expect(decision.images).toEqual([]);
    expect(decision.notices).toContain('The preview of #7 is taken away.');
  });

  it('is swept by schedule', () => {
    const decision = decided(factsOf({ eventName: 'schedule', event: { kind: 'other' } }));

    expect(decision.preview?.settings).toMatchObject({ mode: 'preview-reap' });
    expect(decision.preview?.settings).not.toHaveProperty('pull-request');
  });

  it.each<readonly [string, Facts, string]>([
    ['a fork', pullRequest({ untrusted: 'the pull request comes from the fork mallory/shop' }), withPreviews],
    [
      'a closed pull request of a fork',
      pullRequest({ untrusted: 'it is a fork', closed: true }),
      withPreviews,
    ],
    ['a pull request into master', pullRequest({ base: 'master', head: 'release/1.3.0' }), withPreviews],
    ['a push', factsOf(), withPreviews],
    ['an application without previews', pullRequest(), shop],
  ])('is not there for %s', (_, facts, text) => {
    const decision = decided(facts, text);

    expect(decision.preview).toBeNull();
    expect(decision.publish).toBe(facts.eventName === 'push');
  });

  it('names the variables it lacks, as everything does', () => {
    const text = withPreviews.replace(', default: preview', '');
    expect(() => decided(pullRequest(), text)).toThrow(/PREVIEW_LABEL/);
  });

  it('stands in the routing table', () => {
    const row = routes(readShop(withPreviews).configuration).find(({ event }) => event === 'pull request');
    expect(row?.what).toBe('build, test, publish, show a preview');
  });
});

/** The same on a host that is reached by ssh. */
const ssh =
  '  ssh: {host: {var: PREVIEW_HOST, default: previews@b.example.com}, known-hosts: known_hosts, key: {secret: KEY}}\n';
const remote = previews.replace(/ {2}runner: .*\n/, `  transport: ssh\n${ssh}`);

describe('previews on a host by ssh', () => {
  const place = {
    transport: 'ssh',
    'ssh-host': 'previews@b.example.com',
    'ssh-known-hosts': 'known_hosts',
    'ssh-key': 'KEY',
    engine: '',
  };

  it.each<readonly [string, string, Facts]>([
    ['shown', 'preview', pullRequest()],
    ['taken away', 'preview-reap', pullRequest({ closed: true })],
    ['swept', 'preview-reap', factsOf({ eventName: 'schedule', event: { kind: 'other' } })],
  ])('are %s there, by any runner', (_, mode, facts) => {
    const { preview } = decided(facts, shop + remote);

    expect(preview?.settings).toMatchObject({ ...place, mode });
    expect(preview?.runner).toEqual([]);
  });

  it('are reached by the runner that is named', () => {
    const text = `${shop}${remote}  runner: [self-hosted, near]\n`;

    expect(decided(pullRequest(), text).preview?.runner).toEqual(['self-hosted', 'near']);
  });

  it.each([
    ['previews@b example.com', /^previews\.ssh\.host: user@host or user@host:port was expected/],
    ['b.example.com', /^previews\.ssh\.host: user@host/],
  ])('are not where %s leads', (PREVIEW_HOST, message) => {
    const facts = pullRequest();
    const variables = new Map([...facts.variables, ['PREVIEW_HOST', PREVIEW_HOST]]);

    expect(() => decided({ ...facts, variables }, shop + remote)).toThrow(message);
  });

  it('need an engine that ssh carries', () => {
    const text = `${shop}${remote}  engine: "/run/my%docker.sock"\n`;

    expect(() => decided(pullRequest(), text)).toThrow(/^previews: engine: a path of letters, digits/);
  });

  it('are none for a fork, whose run names no host and no key', () => {
    for (const closed of [false, true]) {
      const facts = pullRequest({ untrusted: 'the pull request comes from the fork mallory/shop', closed });
      const decision = decided(facts, shop + remote);

      expect(decision.preview).toBeNull();
      expect(JSON.stringify(decision)).not.toMatch(/previews@|"KEY"/);
    }
  });
});

describe('previews of signed images', () => {
  const pem =
    '-----BEGIN PUBLIC KEY----- MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE= -----END PUBLIC KEY-----';
  const signed = `${withPreviews}signing: {public-key: {var: SIGNING_KEY}}\n`;
  const withKey = (facts: Facts, key: string): Facts => ({
    ...facts,
    variables: new Map([...facts.variables, ['SIGNING_KEY', key]]),
  });

  it('are judged by the keys that targets judge by', () => {
    const { preview } = decided(withKey(pullRequest(), pem), signed);

    expect(preview?.settings).toMatchObject({ mode: 'preview', 'verify-key': pem });
  });

  it('go without: nothing of them runs any more', () => {
    const { preview } = decided(withKey(pullRequest({ closed: true }), pem), signed);

    expect(preview?.settings).not.toHaveProperty('verify-key');
  });

  it('are refused where the variable holds no key', () => {
    expect(() => decided(withKey(pullRequest(), 'none'), signed)).toThrow(
      /^signing\.public-key: public keys/,
    );
  });
});

describe('wrong previews in headgate.yml', () => {
  const problemsOf = (text: string): readonly string[] => {
    const reading = checkConfiguration(shop + text, 'headgate.yml', shopFiles);
    return reading.ok ? [] : reading.problems.map((problem) => formatProblem('headgate.yml', problem));
  };

  it.each([
    [
      'an unknown image',
      previews.replace('image: shop', 'image: shp'),
      /:29:18: .*the image `shp`.*did you mean `shop`/,
    ],
    ['an unknown service', previews.replace('database:', 'databas:'), /:30:5: .*no service `databas`/],
    [
      'no compose file',
      previews.replace('compose.yaml', 'compose.yml'),
      /:27:12: .*compose\.yml does not exist/,
    ],
    ['nothing to look at', previews.replace(', port: 3000', ''), /:28:3: .*no service has a `port`/],
    ['one address for all', previews.replace(':{port}', ''), /:32:12: .*all previews would have the address/],
    [
      'a runner that is no list',
      previews.replace(/runner: .*/, 'runner: preview'),
      /:31:11: .*a list was expected/,
    ],
    ['no runner', previews.replace(/ {2}runner: .*\n/, ''), /lacks the key `runner`/],
    ['a key nobody knows', previews.replace('vars:', 'var:'), /unknown key `var`, did you mean `vars`/],
    ['no room', `${previews}  most: 0\n`, /a number of previews from 1 to 100/],
    ['no time', `${previews}  ttl: 0s\n`, /a duration above 0/],
    [
      'ssh without a host',
      remote.replace(/ {2}ssh: .*\n/, ''),
      /:31:14: `previews`: a host by ssh needs `ssh\.host`/,
    ],
    [
      'a host that nobody could know again',
      remote.replace('known-hosts: known_hosts, ', ''),
      /:32:8: `previews`: a host by ssh needs its public keys in `ssh\.known-hosts`/,
    ],
    [
      'ssh that means nothing',
      remote.replace('  transport: ssh\n', ''),
      /:31:8: `previews`: `ssh` has no meaning without `transport: ssh`/,
    ],
    ['another transport', remote.replace('transport: ssh', 'transport: scp'), /local or ssh was expected/],
    ['several hosts', `${remote}  hosts: [{name: a}]\n`, /unknown key `hosts`/],
    ['a key in plain text', remote.replace('{secret: KEY}', 'abc'), /`previews\.ssh\.key`: /],
  ])('are refused: %s', (_, text, message) => {
    expect(problemsOf(text).join('\n')).toMatch(message);
  });

  it('are refused beside an environment of the same name', () => {
    const text = shop.replace('  integration:', '  preview:') + previews;
    const reading = checkConfiguration(text, 'headgate.yml', shopFiles);

    expect(reading.ok ? [] : reading.problems).toMatchObject([
      { line: 14, column: 3, message: expect.stringMatching(/^environment `preview`: previews of pull/) },
    ]);
  });

  it.each([
    ['previews@b.example.com', 'previews@B.example.com:22', true],
    ['previews@b.example.com', 'deploy@b.example.com', false],
    ['previews@b.example.com:2222', 'previews@b.example.com', false],
    ['{var: HOST}', '{var: HOST, default: deploy@a.example.com}', true],
    ['{var: PREVIEW_HOST}', '{var: HOST}', false],
  ])('are refused where an environment is: %s beside %s: %s', (own, other, isRefused) => {
    const target = `        transport: ssh\n        hosts: [{name: a, ssh: {host: '${other}', known-hosts: k}}]\n`;
    const quoted = target.replace(/'(\{.*?\})'/, '$1');
    const text = `${shop}${quoted}${remote.replace(/host: \{[^}]*\}/, `host: ${own.startsWith('{') ? own : `'${own}'`}`)}`;
    const reading = checkConfiguration(text, 'headgate.yml', shopFiles);

    const message = expect.stringMatching(/^`previews\.ssh\.host`: .* is where `web` of `integration` is$/);
    const problem = { path: 'previews.ssh.host', line: 34, column: 15, message };
    expect(reading.ok ? [] : reading.problems).toMatchObject(isRefused ? [problem] : []);
  });

  it('are none when they are as they should be', () => {
    expect(problemsOf(previews)).toEqual([]);
    expect(problemsOf(remote)).toEqual([]);
  });
});
