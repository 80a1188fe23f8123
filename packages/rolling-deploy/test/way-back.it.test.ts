// Going back on a real engine behind a real HAProxy, under load: kept containers, one more made like them, no registry.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { proxyNetwork } from '../src/proxy-network.js';
import { deploy } from './deploy.js';
import { type BuiltImage, buildImage, docker, missingTool, startHost, type TestHost } from './host.js';
import { killLoads, startLoad } from './load.js';

const missing = missingTool();
if (missing !== null) process.stdout.write(`way-back.it.test.ts skipped: ${missing}\n`);
const onHost = missing === null ? describe : describe.skip;
const application = 'headgate-way-back-it';

onHost('going back on a real host', () => {
  let host: TestHost;
  let images: readonly BuiltImage[];
  const reference = (index: number): string => images[index]?.reference ?? '';

  beforeAll(() => {
    images = [buildImage('back-one'), buildImage('back-two')];
  });
  beforeEach(async () => {
    host = await startHost(application);
    host.writeCompose({ VERSION: 'old' }, ['    mem_limit: 256m', '    stop_signal: SIGTERM']);
    // Its instances are started again at their own addresses, and one more gets another.
    await deploy(host, reference(0), { inputs: { reach: 'address' } });
    host.writeCompose({ VERSION: 'new' });
    await deploy(host, reference(1));
  });
  afterEach(() => {
    killLoads();
    host.close();
  });
  afterAll(() => void docker('network', 'rm', `${application}_default`));

  it('brings image and configuration back without a lost request, with more instances than were kept', async () => {
    const load = await startLoad(host.url, 300);

    const { result } = await deploy(host, '', { inputs: { 'rollback-to': 'previous', instances: '3' } });

    const report = await load.stop();
    expect(result.failure).toBeUndefined();
    expect(result.outputs).toMatchObject({ outcome: 'deployed', digest: images[0]?.digest, instances: '3' });
    expect(report.failures).toEqual([]);
    expect(new Set(Object.keys(report.versions))).toEqual(new Set(['new', 'old']));
    expect(await (await fetch(host.url)).json()).toMatchObject({ version: 'old', build: 'back-one' });
    const ids = docker('ps', '-q', '--filter', `label=io.headgate.application=${application}`).split('\n');
    const format = '{{.HostConfig.Memory}} {{.HostConfig.RestartPolicy.Name}} {{.Config.StopSignal}}';
    expect(docker('inspect', ...ids, '--format', format).split('\n')).toEqual(
      Array(3).fill('268435456 unless-stopped SIGTERM'),
    );
    const address = `{{(index .NetworkSettings.Networks "${proxyNetwork}").IPAMConfig.IPv4Address}}`;
    expect(new Set(docker('inspect', ...ids, '--format', address).split('\n')).size).toBe(3);
  });
});
