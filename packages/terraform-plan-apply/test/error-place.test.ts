// Where an error of Terraform or OpenTofu stands, from what they really print.
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { errorPlace } from '../src/error-place.js';

const error = (...lines: readonly string[]): readonly string[] => [
  'Error: Unsupported argument',
  '',
  ...lines,
];

describe('errorPlace', () => {
  it.each<[string, string, readonly string[], string]>([
    [
      'a resource of a module',
      'infrastructure',
      error(
        'on modules/m/main.tf line 3, in resource "terraform_data" "y":',
        '3:   foo   = 1',
        '',
        'An argument',
      ),
      'infrastructure/modules/m/main.tf:3',
    ],
    ['a syntax error', '.', error('on bad.tf line 1:', '1: resource "x'), 'bad.tf:1'],
    [
      'a source that cannot be shown',
      '.',
      error('on bad.tf line 12:', '(source code not available)'),
      'bad.tf:12',
    ],
    ['a file with a blank in its name', 'a b', error('on my file.tf line 2:'), 'a b/my file.tf:2'],
    ['a value from the command line', '.', error('on <value for var.size> line 1:'), 'none'],
    ['a module beside the directory', 'infra/one', error('on ../two/main.tf line 4:'), 'infra/two/main.tf:4'],
    ['a module outside the repository', 'one', error('on ../../two/main.tf line 4:'), 'none'],
    ['a module that was fetched', '.', error('on .terraform/modules/m/main.tf line 4:'), 'none'],
    ['no place', '.', error('it is away'), 'none'],
    ['a place of the next error alone', '.', error('it is away', 'Error: other', 'on a.tf line 1:'), 'none'],
    ['no error', '.', [], 'none'],
  ])('of %s', (_, directory, lines, expected) => {
    const place = errorPlace(lines, directory);

    expect(place === null ? 'none' : `${place.file}:${place.line}`).toBe(expected);
  });

  it('takes any output, and never leads out of the repository', () => {
    const line = fc.oneof(
      fc.string(),
      fc.tuple(fc.string(), fc.nat()).map(([file, at]) => `on ${file} line ${at}:`),
    );
    fc.assert(
      fc.property(fc.array(line), (lines) => {
        const place = errorPlace(['Error: x', ...lines], 'infrastructure');
        expect(place?.file ?? 'a').not.toMatch(/^(?:\.\.)?\//);
      }),
    );
  });
});
