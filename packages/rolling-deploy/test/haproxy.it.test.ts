// Real engine, real HAProxy, real load: what people are promised.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { deploy } from './deploy.js';
import {
  type BuiltImage,
  buildImage,
  docker,
  missingTool,
  startHost,
  startLoad,
  type TestHost,
} from './host.js';

const missing = missingTool();
if (missing !== null) console.warn(`rolling-deploy on a real host: skipped, ${missing}`);
const onHost = missing === null ? describe : describe.skip;

onHost('a service on a real engine behind a real HAProxy', () => {
  let host: TestHost;
  let images: readonly BuiltImage[];
  const image = (index: number): BuiltImage => images[index % images.length] ?? { reference: '', digest: '' };

  beforeAll(async () => {
    images = [buildImage('one'), buildImage('two')];
    host = await startHost('headgate-it');
  });
  afterAll(() => host?.close());

  it('loses no request over six swaps', async () => {
    host.writeCompose({ VERSION: '0' });
    await deploy(host, image(0).reference);
    const load = await startLoad(host.url, 400);
    for (let swap = 1; swap <= 6; swap += 1) {
      host.writeCompose({ VERSION: String(swap), DIES_AT_ONCE: '1' });
      const { result } = await deploy(host, image(swap).reference, { inputs: { instances: '2' } });

      expect(result.outputs).toMatchObject({
        outcome: 'deployed',
        digest: image(swap).digest,
        instances: '2',
      });
    }
    const report = await load.stop();

    expect(report.failures).toEqual([]);
    expect(report.failed).toBe(0);
    expect(Object.keys(report.versions)).toHaveLength(7);
    expect(
      docker('ps', '-q', '--filter', 'label=io.headgate.application=headgate-it').split('\n'),
    ).toHaveLength(2);
  });
});
