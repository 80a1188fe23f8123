// The login that `docker login` left, in each form the client keeps it.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createTestDeps } from '@headgate/kit/testing/deps';
import { testFolder } from '@headgate/kit/testing/folder';
import { expect, it } from '@jest/globals';
import { findDockerLogin } from '../src/docker-login.js';

const auth = Buffer.from('deployer:s3cret:word').toString('base64');

function prepare(config: object | string, helper?: { readonly code: number; readonly stdout: string }) {
  const home = testFolder('headgate-home-');
  mkdirSync(join(home, '.docker'));
  writeFileSync(
    join(home, '.docker/config.json'),
    typeof config === 'string' ? config : JSON.stringify(config),
  );
  const asked: unknown[] = [];
  const deps = createTestDeps({
    env: { HOME: home },
    run: (command) => {
      asked.push([command.file, command.args, command.input]);
      return Promise.resolve({ code: 1, stdout: '', stderr: '', ...helper });
    },
  });
  return { deps, asked };
}

it.each([
  ['its host', 'ghcr.io', { auths: { 'ghcr.io': { auth } } }],
  ['its address', 'ghcr.io', { auths: { 'https://ghcr.io': { auth } } }],
  ['the old address of Docker Hub', 'docker.io', { auths: { 'https://index.docker.io/v1/': { auth } } }],
])('is found under %s and masked', async (_what, host, config) => {
  const { deps } = prepare(config);

  expect(await findDockerLogin(host, deps)).toEqual({ username: 'deployer', password: 's3cret:word' });
  expect(deps.core.secrets).toContain('s3cret:word');
});

it('is asked of the helper named for the host', async () => {
  const stdout = JSON.stringify({ Username: 'me', Secret: 'from-the-helper' });
  const { deps, asked } = prepare({ credHelpers: { 'ghcr.io': 'pass' } }, { code: 0, stdout });

  expect(await findDockerLogin('ghcr.io', deps)).toEqual({ username: 'me', password: 'from-the-helper' });
  expect(asked).toEqual([['docker-credential-pass', ['get'], 'ghcr.io']]);
});

it.each<[string, object | string]>([
  ['no file content', ''],
  ['no JSON', '{'],
  ['another host', { auths: { 'example.com': { auth } } }],
  ['an empty entry', { auths: { 'ghcr.io': {} } }],
  ['an entry without a name', { auths: { 'ghcr.io': { auth: Buffer.from(':x').toString('base64') } } }],
  ['a helper with a path for a name', { credsStore: '../../bin/evil' }],
  ['a helper that knows nothing', { credsStore: 'pass' }],
])('is none with %s', async (_what, config) => {
  expect(await findDockerLogin('ghcr.io', prepare(config).deps)).toBeNull();
});
