// docs/guide.md builds up one headgate.yml piece by piece: all pieces together are valid, and lead to production.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkConfiguration } from '@headgate/configuration/read';
import { routes } from '@headgate/configuration/routes';
import { projectFiles } from '@headgate/rehearsal/story/project-files';
import { describe, expect, it } from '@jest/globals';
import { load } from 'js-yaml';

const root = join(import.meta.dirname, '..', '..', '..');
const guide = readFileSync(join(root, 'docs', 'guide.md'), 'utf8');

type Tree = Readonly<Record<string, unknown>>;

const isTree = (value: unknown): value is Tree =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** What `more` adds to `base`. */
function merge(base: Tree, more: Tree): Tree {
  const added = Object.entries(more).map(([key, value]) => {
    const former = base[key];
    return [key, isTree(former) && isTree(value) ? merge(former, value) : value];
  });
  return { ...base, ...Object.fromEntries(added) };
}

/** The pieces of headgate.yml, not those of a secret or of a workflow. */
function pieces(): readonly Tree[] {
  const texts = [...guide.matchAll(/```yaml\n(.*?)```/gs)].map(([, text]) => load(text ?? ''));
  return texts.filter(isTree).filter((tree) => !('seal-key' in tree || 'on' in tree));
}

/** `# … as in integration` and `# … as in staging`: what the guide does not repeat. */
function asInGuide(tree: Tree): Tree {
  const part = (of: Tree, name: string): Tree => {
    const value = of[name];
    return isTree(value) ? value : {};
  };
  const environments = part(tree, 'environments');
  const { targets } = part(environments, 'integration');
  const staging = merge({ targets }, part(environments, 'staging'));
  const { infrastructure, targets: tested } = staging;
  const production = merge({ infrastructure, targets: tested }, part(environments, 'production'));
  return { ...tree, environments: { ...environments, staging, production } };
}

describe('the guide', () => {
  it('ends with a headgate.yml that is valid and delivers to production after an approval', () => {
    const whole = asInGuide(pieces().reduce(merge, {}));

    const reading = checkConfiguration(
      JSON.stringify(whole),
      'headgate.yml',
      projectFiles(join(root, 'examples', 'shop')),
    );

    expect(reading.ok ? [] : reading.problems).toEqual([]);
    const rows = reading.ok ? routes(reading.configuration) : [];
    expect(rows.find(({ event, branch }) => event === 'push' && branch === 'master')?.what).toMatch(
      /wait for approval.*deploy to production/,
    );
  });

  it('names steps in order, each of which stands alone', () => {
    expect(pieces().map((tree) => Object.keys(tree))).toEqual([
      ['application', 'images'],
      ['environments'],
      ['machine-images', 'environments'],
      ['signing'],
      ['environments', 'notifications'],
      ['environments'],
      ['previews'],
      ['previews'],
    ]);
  });

  it('leads only to headings and files that are there', () => {
    const links = [...guide.matchAll(/\]\((?<path>[^)#]+)(?:#(?<heading>[^)]+))?\)/g)];

    expect(links.length).toBeGreaterThan(0);
    for (const { groups } of links) {
      const text = readFileSync(join(root, 'docs', groups?.['path'] ?? ''), 'utf8');
      const headings = [...text.matchAll(/^#+ (.+)$/gm)].map(([, title]) =>
        (title ?? '')
          .toLowerCase()
          .replace(/[^\w -]/g, '')
          .replaceAll(' ', '-'),
      );
      if (groups?.['heading'] !== undefined) expect(headings).toContain(groups['heading']);
    }
  });
});
