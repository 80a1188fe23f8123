// Inputs of the modes about previews: each problem is named by its input.
import { createInputReader } from '@headgate/kit/inputs';
import { createTestCore } from '@headgate/kit/testing/core';
import { loadYaml } from '@headgate/kit/yaml-loader';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { inputSpecs } from '../src/inputs.js';
import { type ModeInputs, readModeInputs } from '../src/modes.js';

beforeAll(loadYaml);

function read(inputs: Readonly<Record<string, string>>): ModeInputs {
  return readModeInputs(createInputReader(inputSpecs, createTestCore({ mode: 'preview', ...inputs })));
}
const usual = {
  services: 'web: {image-name: shop, port: 3000}',
  'record-artifact-id': '7',
  'record-digest': 'sha256:0',
};

describe('inputs of previews', () => {
  it('are read, with defaults for what is not said', () => {
    expect(read(usual)).toMatchObject({
      mode: 'preview',
      services: [{ name: 'web', image: { kind: 'record', name: 'shop' }, port: 3000 }],
      record: { artifactId: '7', digest: 'sha256:0' },
      pullRequest: null,
      most: 5,
      ttl: 72 * 3_600_000,
      bind: '127.0.0.1',
    });
    expect(read({ mode: 'preview-reap', 'pull-request': '7', 'dry-run': 'true' })).toMatchObject({
      mode: 'preview-reap',
      pullRequest: 7,
      dryRun: true,
    });
  });

  it.each([
    ['no services', { services: '' }, /^services: a map/],
    ['a list of services', { services: '[web]' }, /^services: a map/],
    ['nobody to look at', { services: 'web: {image-name: shop}' }, /a service with a port/],
    ['two images', { services: 'web: {image-name: a, image: b, port: 1}' }, /image was given together/],
    ['an unknown member', { services: 'web: {port: 1, images: b}' }, /web: it has no images/],
    ['no port', { services: 'web: {port: 70000}' }, /a number from 1 to 65535/],
    ['half a record', { ...usual, 'record-digest': '' }, /^record-digest: it is needed/],
    ['another placeholder', { ...usual, address: 'http://{host}' }, /^address: /],
    ['no address', { ...usual, address: 'javascript:alert(1)' }, /^address: /],
    ['another bind', { ...usual, bind: '10.0.0.1' }, /^bind: /],
    ['no time', { ...usual, ttl: '0s' }, /^ttl: /],
    ['no number', { ...usual, 'pull-request': '7;8' }, /^pull-request: /],
    ['no room', { ...usual, most: '0' }, /^most: /],
    ['another machine without an address', { ...usual, transport: 'ssh' }, /^(address|ssh-host): /],
    ['several machines', { ...usual, hosts: '[deploy@a]' }, /^hosts: /],
    ['no mode', { ...usual, mode: 'shadow' }, /^mode: /],
    [
      'a deployment without a service',
      { mode: 'deploy', environment: 'a', target: 'b', port: '1' },
      /^service: it is required/,
    ],
  ])('refuse %s', (_, inputs, message) => {
    expect(() => read(inputs)).toThrow(message);
  });
});
