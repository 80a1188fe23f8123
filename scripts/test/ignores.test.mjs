// What the linters of workflows are told to pass over: exact, and with its reason beside it.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { load } from 'js-yaml';
import { root } from '../workspace/paths.mjs';

const examples = readdirSync(join(root, 'examples')).map((name) =>
  join('examples', name, '.github/workflows'),
);
const files = ['.github/workflows', 'workflows', ...examples]
  .filter((folder) => existsSync(join(root, folder)))
  .flatMap((folder) => readdirSync(join(root, folder)).map((name) => join(folder, name)));

/** Lines of a file that match, each with the line above. @param {string} file @param {RegExp} pattern */
function linesOf(file, pattern) {
  const lines = readFileSync(join(root, file), 'utf8').split('\n');
  return lines.flatMap((line, index) =>
    pattern.test(line) ? [{ place: `${file}:${index + 1}`, line, above: lines[index - 1] ?? '' }] : [],
  );
}

describe('an exception', () => {
  it('of zizmor names its rule, and the line above says why', () => {
    const wrong = files
      .flatMap((file) => linesOf(file, /zizmor: *ignore/u))
      .filter(({ line, above }) => !/zizmor: ignore\[[\w-]+\]/u.test(line) || !/^\s*# \S/u.test(above));

    expect(wrong.map(({ place }) => place)).toEqual([]);
  });

  it('of actionlint is a whole message for one file that is there, and the line above says why', () => {
    const file = '.github/actionlint.yaml';
    const text = readFileSync(join(root, file), 'utf8');
    const { paths } = /** @type {{ paths: Record<string, { ignore: string[] }> }} */ (load(text));
    const messages = Object.values(paths).flatMap(({ ignore }) => ignore);

    expect(messages.filter((message) => !/^\^.*\$$/u.test(message))).toEqual([]);
    expect(Object.keys(paths).filter((path) => !existsSync(join(root, path)))).toEqual([]);
    const lines = linesOf(file, /^\s+- /u);
    expect(lines.length).toBe(messages.length);
    expect(lines.filter(({ above }) => !/^\s*# \S/u.test(above))).toEqual([]);
  });
});
