// Where packer says that a template is wrong, from what 1.6.6 really prints.
import { describe, expect, it } from '@jest/globals';
import { templatePlace } from '../src/template-place.js';

const hcl = { directory: 'machines/host', template: '.' };
const json = { directory: 'machines', template: 'host.json' };

describe('templatePlace', () => {
  it.each([
    [
      'an argument',
      'Error: Unsupported argument\n\n  on host.pkr.hcl line 3:\n  (source code not available)\n',
      hcl,
      { file: 'machines/host/host.pkr.hcl', line: 3 },
    ],
    [
      'a block',
      'Error: x\n\n  on ./host.pkr.hcl line 1, in build:\n   1: build {\n',
      hcl,
      { file: 'machines/host/host.pkr.hcl', line: 1 },
    ],
    [
      'JSON',
      'Failed to parse template: Error parsing JSON: unexpected end of JSON input\nAt line 3, column 1 (offset 40):\n',
      json,
      { file: 'machines/host.json', line: 3 },
    ],
    [
      'a key of JSON, which has no line',
      'Error: Failed to prepare build: unknown key: \'"foo"\'\n',
      json,
      null,
    ],
    ['a file of the machine', 'Error: x\n\n  on /etc/host.pkr.hcl line 3:\n', hcl, null],
    ['a file outside the repository', 'Error: x\n\n  on ../../../a.hcl line 3:\n', hcl, null],
    ['nothing', '', hcl, null],
  ])('of %s', (_, text, template, place) => {
    expect(templatePlace(text, template)).toEqual(place);
  });
});
