// What an environment is made with: which change moves the digest, which does not, and what never leaves.
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { ActionResult } from '@headgate/kit/action';
import { digestOf } from '@headgate/kit/digest';
import { emptyRecord } from '@headgate/kit/record';
import type { ConfigurationPart } from '@headgate/kit/record-parts';
import { parseSecretMap } from '@headgate/kit/secrets';
import { createTestContext, createTestDeps, type TestDeps } from '@headgate/kit/testing/deps';
import { createTestGitHub, type TestGitHub } from '@headgate/kit/testing/github';
import { loadYaml } from '@headgate/kit/yaml-loader';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { configurationRun } from '../src/configuration.js';
import { commit, tree, zipOf } from './fixtures.js';

const headgate = `application: shop
images: {shop: {}}
environments:
  production:
    branch: production
    infrastructure:
      main:
        directory: infrastructure
        var-files: [infrastructure/production.tfvars]
        variables: {var: eu, size: {var: SIZE, default: small}}
        secret-variables: {token: {secret: TOKEN}}
        secret-environment: {CLOUD_KEY: {secret: CLOUD_KEY}}
    targets:
      web:
        compose: deploy/compose.yaml
        service: web
        image: shop
        port: 80
        proxy: {socket: {var: SOCKET}, backend: b}
        vars: {STAGE: production}
        secrets: {DATABASE_PASSWORD: {secret: DATABASE_PASSWORD}}
`;
const compose = `services:
  web: {env_file: [common.env, {path: 'of-\${STAGE}.env', required: false}]}
  other: {env_file: other.env}
`;
const secrets = {
  'seal-key': 'k'.repeat(44),
  TOKEN: 'the first token',
  CLOUD_KEY: 'the cloud key',
  DATABASE_PASSWORD: 'the password',
};

let workspace: string;
let github: TestGitHub;
let deps: TestDeps;

beforeAll(loadYaml);

beforeEach(() => {
  workspace = mkdtempSync(join(tmpdir(), 'headgate-configuration-'));
  github = createTestGitHub();
  write('headgate.yml', headgate);
  write('Dockerfile', '');
  write('deploy/compose.yaml', compose);
  write('deploy/common.env', 'A=1\n');
  write('deploy/other.env', 'B=1\n');
  write('infrastructure/main.tf', '');
  write('infrastructure/production.tfvars', 'x = 1\n');
  write('infrastructure/region.auto.tfvars', 'y = 1\n');
});

afterEach(() => rmSync(workspace, { recursive: true, force: true }));

function write(path: string, text: string): void {
  mkdirSync(dirname(join(workspace, path)), { recursive: true });
  writeFileSync(join(workspace, path), text);
}

interface Given {
  readonly secrets?: Readonly<Record<string, string>>;
  readonly variables?: Readonly<Record<string, string>>;
  readonly environment?: string;
  readonly record?: { readonly id: string; readonly digest: string };
}

/** A change of a file alone. */
function wrote(path: string, text: string): Given {
  write(path, text);
  return {};
}

function configuration(given: Given = {}): Promise<ActionResult> {
  const { 'seal-key': sealKey = '', ...environment }: Readonly<Record<string, string>> =
    given.secrets ?? secrets;
  const lines = Object.entries(environment).map(([name, value]) => `  ${name}: ${JSON.stringify(value)}\n`);
  const text = `${sealKey === '' ? '' : `seal-key: ${sealKey}\n`}environment:\n${lines.join('')}`;
  const deploySecrets = parseSecretMap(lines.length === 0 ? '' : text, {
    name: 'deploy-secrets',
    setSecret: () => undefined,
  });
  deps = createTestDeps({ context: createTestContext({ workspace }), connectGitHub: github.connect });
  const inputs = {
    mode: 'configuration',
    environment: given.environment ?? 'production',
    configuration: 'headgate.yml',
    variables: new Map(Object.entries(given.variables ?? { SOCKET: '/run/haproxy.sock' })),
    deploySecrets,
    decision: '',
    githubToken: 't',
    recordArtifactId: given.record?.id ?? '',
    recordDigest: given.record?.digest ?? '',
  } as const;
  return configurationRun(inputs, deps);
}

async function partOf(given: Given = {}): Promise<ConfigurationPart> {
  const [part] = (await configuration(given)).entry?.parts.configurations ?? [];
  if (part === undefined) throw new Error('a part was expected');
  return part;
}

describe('mode configuration', () => {
  it('names block, variables, files and secrets', async () => {
    const part = await partOf();

    expect(Object.keys(part.members)).toEqual([
      'environments.production',
      'environments.production.infrastructure.main.variables.size',
      'environments.production.targets.web.proxy.socket',
      'file deploy/compose.yaml',
      'file deploy/common.env',
      'file infrastructure/production.tfvars',
      'file infrastructure/region.auto.tfvars',
      'secret DATABASE_PASSWORD',
      'secret TOKEN',
    ]);
    expect(part.digest).toMatch(/^sha256:[0-9a-f]{64}$/);
  });

  it('is the same for the same, and the output is the entry’s digest', async () => {
    const [first, second] = [await configuration(), await partOf()];

    expect(first.outputs['configuration-digest']).toBe(second.digest);
  });

  it.each<readonly [string, readonly string[], () => Given]>([
    [
      'the block',
      ['environments.production'],
      () => wrote('headgate.yml', headgate.replace('port: 80', 'port: 81')),
    ],
    [
      'a variable',
      ['environments.production.targets.web.proxy.socket'],
      () => ({ variables: { SOCKET: '/run/other.sock' } }),
    ],
    [
      'a variable that had its default',
      ['environments.production.infrastructure.main.variables.size'],
      () => ({ variables: { SOCKET: '/run/haproxy.sock', SIZE: 'large' } }),
    ],
    ['an env file', ['file deploy/common.env'], () => wrote('deploy/common.env', 'A=2\n')],
    [
      'an env file that appears',
      ['file deploy/of-production.env'],
      () => wrote('deploy/of-production.env', ''),
    ],
    ['one byte that is no text', ['file deploy/common.env'], () => wrote('deploy/common.env', 'A=1\uFFFD')],
    [
      'a file that Terraform reads by itself',
      ['file infrastructure/terraform.tfvars'],
      () => wrote('infrastructure/terraform.tfvars', ''),
    ],
    [
      'a secret of a container',
      ['secret DATABASE_PASSWORD'],
      () => withSecrets({ DATABASE_PASSWORD: 'another one' }),
    ],
    ['a secret of Terraform', ['secret TOKEN'], () => withSecrets({ TOKEN: 'another token' })],
    [
      'the seal key',
      ['secret DATABASE_PASSWORD', 'secret TOKEN'],
      () => withSecrets({ 'seal-key': 'j'.repeat(44) }),
    ],
  ])('%s changes the digest, and is named', async (_name, names, change) => {
    const before = await partOf();

    const after = await partOf(change());

    expect(after.digest).not.toBe(before.digest);
    const members = new Set([...Object.keys(before.members), ...Object.keys(after.members)]);
    expect([...members].filter((name) => before.members[name] !== after.members[name])).toEqual(names);
  });

  it.each<readonly [string, () => Given]>([
    ['a credential', () => withSecrets({ CLOUD_KEY: 'rotated meanwhile' })],
    ['a secret that nothing refers to', () => withSecrets({ UNUSED: 'something else' })],
    ['a variable that nothing refers to', () => ({ variables: { SOCKET: '/run/haproxy.sock', OTHER: 'x' } })],
    ['the env file of another service', () => wrote('deploy/other.env', 'B=2\n')],
    ['the order of secrets', () => ({ secrets: Object.fromEntries(Object.entries(secrets).reverse()) })],
  ])('%s does not change it', async (_name, change) => {
    const before = await partOf();

    expect((await partOf(change())).digest).toBe(before.digest);
  });

  it('two secrets with the same value do not look the same, nor one in two environments', async () => {
    const text = headgate.slice(headgate.indexOf('  production:')).replace('production:', 'other:');
    write('headgate.yml', headgate + text.replace('branch: production', 'branch: release'));
    const same = withSecrets({ TOKEN: 'the same value', DATABASE_PASSWORD: 'the same value' });

    const [production, other] = [await partOf(same), await partOf({ ...same, environment: 'other' })];

    const digests = [production, other].flatMap(({ members }) => [
      members['secret TOKEN'],
      members['secret DATABASE_PASSWORD'],
    ]);
    expect(new Set(digests).size).toBe(4);
  });

  it('no secret, and no plain digest of one, is in the entry or the summary', async () => {
    const { createHash } = await import('node:crypto');
    const text = JSON.stringify(await configuration()) + deps.core.summary();

    for (const value of Object.values(secrets)) {
      expect(text).not.toContain(value);
      expect(text).not.toContain(createHash('sha256').update(value).digest('hex'));
    }
  });

  it('names the files with the keys of hosts by ssh, and no keys that stand there themselves', async () => {
    const own = '{name: b, ssh: {host: d@b, known-hosts: deploy/b_hosts}}';
    const pinned = "{name: c, ssh: {host: d@c, known-hosts: 'c ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAA'}}";
    const lines = `ssh: {known-hosts: {var: KNOWN}}\n        hosts: [{name: a, ssh: {host: d@a}}, ${own}, ${pinned}]\n        `;
    write('headgate.yml', headgate.replace('compose: deploy', `${lines}compose: deploy`));
    for (const path of ['deploy/known_hosts', 'deploy/b_hosts']) write(path, 'a key');
    const variables = { SOCKET: '/run/haproxy.sock', KNOWN: 'deploy/known_hosts' };

    const files = Object.keys((await partOf({ variables })).members).filter((name) => name.includes('hosts'));
    expect(files).toEqual([
      'environments.production.targets.web.ssh.known-hosts',
      'file deploy/known_hosts',
      'file deploy/b_hosts',
    ]);
  });

  it('without secrets to bind no seal key is asked for', async () => {
    const bare = headgate.replace(/ +secret-variables.*\n/, '').replace(/ +secrets:.*\n/, '');
    write('headgate.yml', bare);

    expect(Object.keys((await partOf({ secrets: {} })).members)).not.toContain('secret TOKEN');
  });
});

function withSecrets(change: Readonly<Record<string, string>>): Given {
  return { secrets: { ...secrets, ...change } };
}

describe('what cannot be bound', () => {
  it.each<readonly [string, () => Given, string, RegExp]>([
    [
      'no seal key',
      () => ({ secrets: { TOKEN: secrets.TOKEN } }),
      'seal-key-missing',
      /DATABASE_PASSWORD, TOKEN/,
    ],
    ['no secrets at all', () => ({ secrets: {} }), 'seal-key-missing', /it is empty/],
    [
      'a secret is absent',
      () => ({ secrets: { 'seal-key': 'k'.repeat(44), TOKEN: secrets.TOKEN } }),
      'secrets-missing',
      /DATABASE_PASSWORD/,
    ],
    ['a variable is not set', () => ({ variables: {} }), 'missing-variable', /proxy.socket/],
    [
      'the environment is not there',
      () => ({ environment: 'moon' }),
      'environment-missing',
      /production.*moon/,
    ],
    [
      'the compose file is no YAML',
      () => wrote('deploy/compose.yaml', 'services: ['),
      'configuration-unreadable',
      /compose.yaml/,
    ],
    [
      'the path of an env file has an unknown variable',
      () => wrote('deploy/compose.yaml', `services: {web: {env_file: '\${WHAT}.env'}}`),
      'configuration-unreadable',
      /WHAT/,
    ],
    [
      'an env file is no path',
      () => wrote('deploy/compose.yaml', 'services: {web: {env_file: [{required: true}]}}'),
      'configuration-unreadable',
      /no path/,
    ],
  ])('%s', async (_name, change, code, message) => {
    await expect(configuration(change())).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message),
    });
  });

  it('a file outside the repository is not read', async () => {
    rmSync(join(workspace, 'deploy/common.env'));
    symlinkSync('/etc/hostname', join(workspace, 'deploy/common.env'));

    expect((await partOf()).members['file deploy/common.env']).toBeUndefined();
  });
});

describe('with a record', () => {
  async function recorded(part: ConfigurationPart | null): Promise<Given> {
    const flow = {
      application: 'shop',
      repository: 'acme/shop',
      event: 'push',
      ref: 'refs/heads/master',
      branchKind: 'production',
      version: '1.0.0',
      commit,
      tree,
      actor: 'dana',
      run: { id: 1, attempt: 1, url: 'https://github.com/acme/shop/actions/runs/1' },
    };
    const record = { ...emptyRecord(flow), configurations: part === null ? [] : [part] };
    github.addArtifact(5, zipOf('record.json', record));
    return { record: { id: '5', digest: digestOf(record) } };
  }

  it('that binds the same: good', async () => {
    const part = await partOf();

    expect(await partOf(await recorded(part))).toEqual(part);
  });

  it('that binds another: refused, naming every member', async () => {
    const given = await recorded(await partOf());
    write('deploy/common.env', 'A=2\n');

    await expect(
      configuration({ ...given, ...withSecrets({ TOKEN: 'another token' }) }),
    ).rejects.toMatchObject({
      code: 'configuration-changed',
      message: expect.stringMatching(/file deploy\/common.env, secret TOKEN are others now/),
    });
  });

  it('that binds none: refused', async () => {
    await expect(configuration(await recorded(null))).rejects.toMatchObject({
      code: 'configuration-changed',
      message: expect.stringContaining('holds none'),
    });
  });
});
