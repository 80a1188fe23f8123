// Pulling from a registry that asks for a password, through a real engine: who may, who may not, and what stays behind.
import { mkdtempSync, rmSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type DeployOptions, deploy, type FinishedDeploy } from './deploy.js';
import { buildImage, docker, missingTool, startHost, type TestHost } from './host.js';
import {
  filesWithPassword,
  missingRegistry,
  type PrivateRegistry,
  password,
  startPrivateRegistry,
  username,
} from './private-registry.js';

const missing = missingTool() ?? missingRegistry();
if (missing !== null) process.stdout.write(`pull.it.test.ts skipped: ${missing}\n`);
const onHost = missing === null ? describe : describe.skip;
const application = 'headgate-pull-it';

onHost('an image behind a password', () => {
  let host: TestHost;
  let registry: PrivateRegistry;

  beforeAll(async () => {
    registry = await startPrivateRegistry(buildImage('private'));
    docker('rmi', '--force', 'headgate-test/app:private');
  });
  afterAll(() => {
    registry.close();
    docker('network', 'rm', `${application}_default`);
  });
  beforeEach(async () => {
    host = await startHost(application);
    host.writeCompose({ VERSION: 'new' });
  });
  afterEach(() => host.close());

  const pull = (
    secret: string | null,
    onLine: DeployOptions['onLine'] = () => undefined,
  ): Promise<FinishedDeploy> => {
    const login =
      secret === null
        ? {}
        : {
            'registry-username': username,
            'deploy-secrets': JSON.stringify({ registries: { [registry.host]: secret } }),
          };
    return deploy(host, registry.image.reference, { inputs: login, onLine });
  };

  it.each([
    ['without a password', null],
    ['with a wrong one', 'another password than that'],
  ])('is refused %s, and nothing is started', async (_, secret) => {
    const { result } = await pull(secret);

    expect(result.failure).toMatchObject({
      code: 'registry-refused',
      hint: expect.stringContaining('deploy-secrets'),
    });
    expect(host.containers()).toEqual([]);
  });

  it('is pulled with it, and the password stays nowhere', async () => {
    const { result, core } = await pull(password);

    expect(result.failure).toBeUndefined();
    expect(result.outputs).toMatchObject({ outcome: 'deployed', digest: registry.image.digest });
    const [container = { name: '' }] = host.containers();
    const engine = docker('inspect', container.name) + docker('info', '--format', '{{json .}}');
    const shown = [...core.lines, core.summary(), JSON.stringify(result), engine].join('\n');
    expect(shown).not.toContain(password);
    expect(filesWithPassword(registry.client)).toHaveLength(1);
    expect(filesWithPassword(host.folder)).toEqual([]);
    expect(filesWithPassword(containerFolder(container.name))).toEqual([]);
    expect(filesWithPassword(process.env['DOCKER_CONFIG'] ?? join(homedir(), '.docker'))).toEqual([]);
    // The engine did not learn it either: the next one without it is refused again.
    const empty = mkdtempSync(join(tmpdir(), 'headgate-client-'));
    const again = (): string => docker('--config', empty, 'pull', `${registry.host}/acme/app:it`);
    try {
      expect(again).toThrow(/no basic auth credentials|unauthorized/);
    } finally {
      rmSync(empty, { recursive: true, force: true });
    }
  });
});

/** Where the engine keeps what it knows about a container. */
function containerFolder(name: string): string {
  const root = docker('info', '--format', '{{.DockerRootDir}}');
  return join(root, 'containers', docker('inspect', '--format', '{{.Id}}', name));
}
