// A preview on another host from headgate.yml alone: the settings that `decide` gives lead the action to a real sshd, show
// the preview on a real engine behind it, and take it away again.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Leg } from '../packages/configuration/src/decision.js';
import type { ActionResult } from '../packages/kit/src/action.js';
import { systemClock } from '../packages/kit/src/clock.js';
import { digestOf } from '../packages/kit/src/digest.js';
import { createHttp } from '../packages/kit/src/http.js';
import { runCommand } from '../packages/kit/src/process.js';
import { emptyRecord } from '../packages/kit/src/record.js';
import { createTestContext, createTestDeps } from '../packages/kit/src/testing/deps.js';
import { createTestGitHub } from '../packages/kit/src/testing/github.js';
import { type RegistryDouble, startRegistry } from '../packages/kit/src/testing/registry.js';
import { inputSpecs } from '../packages/rolling-deploy/src/inputs.js';
import { readModeInputs, runMode } from '../packages/rolling-deploy/src/modes.js';
import { docker, missingEngine } from '../packages/rolling-deploy/test/host.js';
import { missingSshd, type Sshd, startSshd } from '../packages/rolling-deploy/test/sshd.js';
import { decideFor, readLeg } from './decided.js';
import { variables } from './everything.js';

const missing = missingEngine() ?? missingSshd();
if (missing !== null) process.stdout.write(`preview-by-ssh.it.test.ts skipped: ${missing}\n`);
const onHost = missing === null ? describe : describe.skip;

const application = 'headgate-preview-by-ssh-it';
const project = `pr-7-${application}`;
const compose = `
services:
  web:
    image: local/node:24-slim
    command: [node, -e, "require('http').createServer((_, answer) => answer.end(process.env.TOKEN)).listen(3000)"]
`;
const headgate = `application: ${application}
branches: {development: trunk}
registry: {host: {var: REGISTRY}}
signing: {public-key: {var: SIGNING_KEY}}
images: {shop: {context: services/shop, file: build/Dockerfile}}
previews:
  compose: deploy/compose.yaml
  services: {web: {port: 3000}}
  transport: ssh
  ssh: {host: {var: PREVIEW_HOST}, known-hosts: deploy/known_hosts, key: {secret: PREVIEW_KEY}}
  address: 'http://127.0.0.1:{port}'
  engine: {var: ENGINE}
  health: {path: /, interval: 100ms, deadline: 30s}
  secrets: {TOKEN: {secret: PREVIEW_TOKEN}}
`;
const signed = headgate.replace('{web: {port: 3000}}', '{web: {image: shop, port: 3000}}');

onHost('a preview on a host by ssh', () => {
  let folder: string;
  let sshd: Sshd;
  let registry: RegistryDouble;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'headgate-preview-'));
    sshd = await startSshd();
    registry = await startRegistry();
    mkdirSync(join(folder, 'deploy'));
    writeFileSync(join(folder, 'deploy', 'compose.yaml'), compose);
    writeFileSync(join(folder, 'deploy', 'known_hosts'), `${sshd.knownHosts}\n`);
  });
  afterAll(async () => {
    const left = docker('ps', '-aq', '--filter', `label=com.docker.compose.project=${project}`);
    if (left !== '') docker('rm', '-f', ...left.split('\n'));
    sshd.close();
    await registry.close();
    rmSync(folder, { recursive: true, force: true });
  });

  function legOf(text: string, closed: boolean): Leg {
    const event = { kind: 'pull-request', number: 7, head: 'feature/a', base: 'trunk', closed } as const;
    const { preview } = decideFor({
      text,
      facts: { eventName: 'pull_request', event: { ...event, untrusted: null } },
      variables: {
        REGISTRY: registry.host,
        PREVIEW_HOST: sshd.address,
        ENGINE: process.env['DOCKER_HOST'] ?? '',
      },
    });
    if (preview === null) throw new Error('a preview was expected');
    return preview;
  }

  /** As the workflow starts the step: settings, and the secret of the environment `preview`. */
  function start(
    leg: Leg,
    more: Readonly<Record<string, string>> = {},
    github = createTestGitHub(),
  ): Promise<ActionResult> {
    const secrets = { PREVIEW_KEY: sshd.key, PREVIEW_TOKEN: 'a token of previews' };
    const passed = {
      'deploy-secrets': JSON.stringify({ environment: secrets }),
      'lock-directory': join(folder, 'locks'),
      'stop-grace': '200ms',
      ...more,
    };
    const { inputs } = readLeg({ specs: inputSpecs, readInputs: readModeInputs }, leg, passed);
    const context = createTestContext({ workspace: folder });
    const deps = createTestDeps({
      context,
      run: runCommand,
      http: createHttp(),
      connectGitHub: github.connect,
    });
    return runMode(inputs, { ...deps, clock: systemClock });
  }

  const ours = (): string => docker('ps', '-aq', '--filter', `label=com.docker.compose.project=${project}`);

  it('is shown there, and taken away from there when its pull request is closed', async () => {
    const shown = await start(legOf(headgate, false));

    expect(shown.failure).toBeUndefined();
    expect(shown.outputs).toMatchObject({ outcome: 'deployed', project });
    expect(await (await fetch(String(shown.outputs['url']))).text()).toBe('a token of previews');
    expect(sshd.log()).toContain('Accepted publickey');

    const gone = await start(legOf(headgate, true));

    expect(gone.outputs['removed']).toBe('[7]');
    expect(ours()).toBe('');
  });

  it('of an image without a signature is refused before the host is reached', async () => {
    const flow = {
      application,
      repository: 'acme/shop',
      event: 'pull_request',
      ref: 'refs/pull/7/merge',
      branchKind: 'pull-request' as const,
      version: null,
      commit: 'a'.repeat(40),
      tree: 'b'.repeat(40),
      actor: 'dana',
      run: { id: 1, attempt: 1, url: '' },
    };
    const digest = `sha256:${'1'.repeat(64)}`;
    const reference = `${registry.host}/acme/shop/shop@${digest}`;
    const image = { name: 'shop', digest, reference, tags: [], key: '0'.repeat(64), platforms: [] };
    const record = { ...emptyRecord(flow), images: [{ ...image, reusedFrom: null }] };
    const github = createTestGitHub();
    github.addArtifact(5, Buffer.from(JSON.stringify(record)));
    const before = sshd.log();

    const started = start(
      legOf(signed, false),
      { 'record-artifact-id': '5', 'record-digest': digestOf(record), 'github-token': 't' },
      github,
    );

    await expect(started).rejects.toMatchObject({ code: 'unsigned' });
    expect(sshd.log()).toBe(before);
    expect(legOf(signed, false).settings['verify-key']).toBe(variables.get('SIGNING_KEY'));
  });
});
