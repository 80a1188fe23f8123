// Several engines as one.
import { describe, expect, it } from '@jest/globals';
import type { DockerPart, RunningContainer } from '../../src/parts/docker.js';
import { joinEngines } from '../../src/parts/docker-engines.js';

function engine(name: string, port: number, done: string[]): DockerPart {
  const container: RunningContainer = {
    id: name,
    name: `web-${name}`,
    image: 'r/shop@sha256:1',
    environment: 'production',
    service: 'web',
    digests: [],
  };
  return {
    address: `unix:///${name}.sock`,
    version: async () => '26.1',
    removeLeftovers: async () => [`dead-${name}`],
    containers: async () => [container],
    imageAt: async (asked) => (asked === `127.0.0.1:${port}` ? `image-${name}` : null),
    removeImages: async (ids) => void done.push(`${name}: ${ids.join()}`),
    removeAll: async (registry) => void done.push(`${name}: all of ${registry}`),
  };
}

describe('two engines', () => {
  it('show what runs on either, and are both cleaned; what was built is on the first', async () => {
    const done: string[] = [];
    const both = joinEngines([engine('one', 1, done), engine('two', 2, done)]);

    expect(both.address).toBe('unix:///one.sock');
    expect((await both.containers('r')).map(({ name }) => name)).toEqual(['web-one', 'web-two']);
    expect(await Promise.all([1, 2, 3].map((port) => both.imageAt(`127.0.0.1:${port}`)))).toEqual([
      'image-one',
      'image-two',
      null,
    ]);
    expect(await both.removeLeftovers()).toEqual(['dead-one', 'dead-two']);
    await both.removeImages(['sha256:2']);
    await both.removeAll('r');
    expect(done).toEqual(['one: sha256:2', 'one: all of r', 'two: all of r']);
  });
});
