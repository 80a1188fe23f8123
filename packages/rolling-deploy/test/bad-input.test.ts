// What cannot be meant is refused with its code and its cure, before the host is touched: one error, and the first one.
import { existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ActionError } from '@headgate/kit/errors';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { deploy } from './deploy.js';
import { type DoubleHost, startDoubleHost } from './doubles.js';

const digest = `sha256:${'1'.repeat(64)}`;
const image = `registry.example:5000/shop@${digest}`;
const strategy = (value: object): Readonly<Record<string, string>> => ({
  settings: JSON.stringify({ strategy: value }),
});

describe('bad input', () => {
  let host: DoubleHost;

  beforeEach(async () => {
    host = await startDoubleHost();
    host.writeCompose('services: {web: {image: shop}, outside: {image: shop, env_file: ../../secret.env}}');
    writeFileSync(join(host.folder, 'outside.yaml'), 'services: {web: {image: shop}}');
    symlinkSync(join(host.folder, 'outside.yaml'), join(host.folder, 'workspace', 'linked.yaml'));
  });
  afterEach(() => host.close());

  async function refusal(inputs: Readonly<Record<string, string>>): Promise<ActionError> {
    const error = await Promise.resolve()
      .then(() =>
        deploy(host, image, { inputs: { engine: host.engineSocket, 'engine-deadline': '5s', ...inputs } }),
      )
      .catch((thrown: unknown) => thrown);
    if (error instanceof ActionError) return error;
    throw new Error('it was not refused', { cause: error });
  }

  it.each([
    ['an unknown strategy', strategy({ type: 'recreate' }), 'invalid-input', /strategy: type "recreate"/],
    ['an unknown strategy key', strategy({ type: 'rolling', surg: 1 }), 'invalid-input', /no member "surg"/],
    [
      'another strategy’s key',
      strategy({ type: 'canary', 'keep-warm': '3s', steps: ['100%'] }),
      'invalid-input',
      /canary has no member "keep-warm"/,
    ],
    [
      'steps that go backwards',
      strategy({ type: 'canary', steps: ['25% for 1m', '5% for 1m', '100%'] }),
      'invalid-input',
      /5% comes after 25%/,
    ],
    [
      'a pause without anything after it',
      strategy({ type: 'canary', steps: ['5% for 1m', { pause: '10m' }] }),
      'invalid-input',
      /nothing comes after the last pause/,
    ],
    [
      'a pause for nobody',
      strategy({ type: 'canary', steps: ['5% for 1m', { pause: 'approval' }, '100%'] }),
      'invalid-input',
      /approvers: the strategy pauses for an approval/,
    ],
    [
      'a pause without a token to ask with',
      {
        ...strategy({ type: 'canary', steps: ['5% for 1m', { pause: 'approval' }, '100%'] }),
        approvers: 'ada',
      },
      'invalid-input',
      /github-token: the strategy pauses/,
    ],
    ['a bot who would approve', { approvers: 'ada, robot[bot]' }, 'invalid-input', /login of a person/],
    ['looks without a pause', { 'approvers-interval': '999ms' }, 'invalid-input', /a second at least/],
    ['an unknown role', { 'approvers-exclude': 'owner' }, 'invalid-input', /"owner" is none/],
    [
      'A/B without a header or a cookie',
      strategy({ type: 'ab', value: 'b', for: '1h' }),
      'invalid-input',
      /neither header nor cookie/,
    ],
    [
      'a line of the proxy’s protocol in a value',
      strategy({ type: 'ab', header: 'X-Variant', value: 'b\nshutdown sessions', for: '1h' }),
      'invalid-input',
      /value: a text of letters/,
    ],
    [
      'a token that is not there',
      strategy({
        type: 'canary',
        steps: '100%',
        analysis: {
          prometheus: {
            url: 'http://127.0.0.1:9',
            token: 'PROMETHEUS',
            'canary-total': 'a',
            'canary-errors': 'b',
            'baseline-total': 'c',
            'baseline-errors': 'd',
          },
        },
      }),
      'secrets-missing',
      /environment\.PROMETHEUS/,
    ],
    [
      'surge 0 with unavailable 0',
      strategy({ type: 'rolling', surge: 0, unavailable: 0 }),
      'invalid-input',
      /would replace nothing/,
    ],
    [
      'a service that does not exist',
      { service: 'wbe' },
      'invalid-compose',
      /service wbe was expected, it has web/,
    ],
    ['a proxy socket nobody answers', { 'proxy-socket': '/nowhere/at.sock' }, 'proxy-unreachable', /nowhere/],
    ['a proxy socket that is no path', { 'proxy-socket': '-x' }, 'invalid-input', /absolute path/],
    ['a backend with a second command', { 'proxy-backend': 'web;disable' }, 'invalid-input', /backend/],
    [
      'an engine nobody answers at',
      { engine: '/nowhere/docker.sock' },
      'engine-unreachable',
      /does not answer/,
    ],
    [
      'an image without a digest',
      { image: 'registry.example/shop:1.2.0' },
      'image-without-digest',
      /1\.2\.0/,
    ],
    ['an image name that is an option', { image: `-v/x@${digest}` }, 'image-without-digest', /-v\/x/],
    [
      'a compose file outside the workspace',
      { 'compose-file': '../outside.yaml' },
      'invalid-input',
      /outside the workspace/,
    ],
    [
      'a link out of the workspace',
      { 'compose-file': 'linked.yaml' },
      'invalid-input',
      /outside the workspace/,
    ],
    ['an env file outside the workspace', { service: 'outside' }, 'invalid-input', /outside the workspace/],
    [
      'a host with a flag in it',
      { engine: 'tcp://-oProxyCommand=x:2375' },
      'invalid-input',
      /engine: a socket path/,
    ],
    ['a host with a space in it', { engine: 'tcp://host -l root' }, 'invalid-input', /engine: a socket path/],
    [
      'a host by ssh that is a flag',
      { transport: 'ssh', 'ssh-host': '-oProxyCommand=x@host', 'ssh-known-hosts': 'host ssh-ed25519 AAAA' },
      'invalid-input',
      /ssh-host/,
    ],
    [
      'one of several hosts with a flag in it',
      { hosts: '[{name: a, ssh-host: "deploy@-oProxyCommand=x", ssh-known-hosts: "a ssh-ed25519 AAAA"}]' },
      'invalid-input',
      /ssh-host|hosts/,
    ],
    ['a target with a path in it', { target: '../host' }, 'invalid-input', /target: letters/],
    [
      'requests shared out without a port',
      { port: '', strategy: 'blue-green' },
      'invalid-input',
      /strategy: blue-green shares/,
    ],
    ['a port beyond the last', { port: '65536' }, 'invalid-input', /port/],
    ['no instance', { instances: '0' }, 'invalid-input', /instances/],
    ['a release that nobody keeps', { 'rollback-to': '9.9.9' }, 'no-such-release', /9\.9\.9 is none/],
    ['a mode that is none', { mode: 'dploy' }, 'invalid-input', /mode/],
  ])('%s is refused', async (_, inputs, code, message) => {
    const before = JSON.stringify([...host.slots]);

    const error = await refusal(inputs);

    expect(error).toMatchObject({ code, message: expect.stringMatching(message) });
    expect(error.hint.length).toBeGreaterThan(10);
    expect(host.engine.requests.filter(({ method }) => method !== 'GET')).toEqual([]);
    expect(JSON.stringify([...host.slots])).toBe(before);
    const locks = join(host.folder, 'locks');
    expect(existsSync(locks) ? readdirSync(locks) : []).toEqual([]);
  });

  it('is found before another run’s lock is asked about', async () => {
    mkdirSync(join(host.folder, 'locks'));

    expect((await refusal({ service: 'wbe' })).code).toBe('invalid-compose');
    expect(readdirSync(join(host.folder, 'locks'))).toEqual([]);
    expect(host.engine.requests).toEqual([]);
  });
});
