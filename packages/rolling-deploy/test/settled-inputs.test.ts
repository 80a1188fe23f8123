// What the shape of a service settles about its deployment, and what it rules out.
import { createInputReader } from '@headgate/kit/inputs';
import { createTestCore } from '@headgate/kit/testing/core';
import { describe, expect, it } from '@jest/globals';
import { type Inputs, inputSpecs, readInputs } from '../src/inputs.js';
import { settleInputs } from '../src/settled-inputs.js';

const plain = { service: 'web', ports: [], containerName: null, scale: null };
const port = { address: '', published: 80, target: 80, protocol: 'tcp' as const };

function inputsWith(more: Readonly<Record<string, string>>): Inputs {
  const given = { environment: 'e', target: 't', service: 'web', image: 'x', ...more };
  return readInputs(createInputReader(inputSpecs, createTestCore(given)));
}

describe('a service', () => {
  it('has as many instances as the input says, else the compose file, else one', () => {
    const scaled = { ...plain, scale: 3 };
    expect(settleInputs(inputsWith({ port: '80', instances: '2' }), scaled).instances).toBe(2);
    expect(settleInputs(inputsWith({ port: '80' }), scaled).instances).toBe(3);
    expect(settleInputs(inputsWith({ port: '80' }), plain).instances).toBe(1);
  });

  it('without a port rolls as it is told to', () => {
    const strategy = '{type: rolling, surge: 2}';
    const settled = settleInputs(inputsWith({ strategy }), plain);
    expect(settled).toMatchObject({ port: null, strategy: { kind: 'rolling', surge: { value: 2 } } });
  });

  it('of which one container can be there goes before it comes', () => {
    for (const shape of [
      { ...plain, ports: [port] },
      { ...plain, containerName: 'web' },
    ]) {
      expect(settleInputs(inputsWith({}), shape).strategy).toMatchObject({
        surge: { value: 0 },
        unavailable: { value: 1 },
      });
    }
  });

  it.each([
    ['a canary', { strategy: 'canary' }, plain, 'strategy'],
    ['blue-green', { strategy: 'blue-green' }, plain, 'strategy'],
    [
      'blue-green with a gap',
      { port: '80', strategy: 'blue-green' },
      { ...plain, containerName: 'web' },
      'strategy',
    ],
    ['two instances with a gap', { instances: '2' }, { ...plain, containerName: 'web' }, 'instances'],
    ['two by the compose file with a gap', {}, { ...plain, containerName: 'web', scale: 2 }, 'instances'],
    ['a proxy and ports of the host', { port: '80' }, { ...plain, ports: [port] }, 'port'],
  ])('cannot have %s', (_, inputs, shape, input) => {
    const steps =
      'strategy' in inputs && inputs.strategy === 'canary'
        ? { strategy: '{type: canary, steps: [5% for 1s]}' }
        : {};
    expect(() => settleInputs(inputsWith({ ...inputs, ...steps }), shape)).toThrow(
      expect.objectContaining({ code: 'invalid-input', message: expect.stringMatching(`^${input}`) }),
    );
  });
});
