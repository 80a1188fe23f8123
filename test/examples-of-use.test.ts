// What the documents show of the actions: every input that an example names is one of the action's, with no needed one left out.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { load, loadAll } from 'js-yaml';

const root = new URL('..', import.meta.url).pathname;

interface Example {
  readonly place: string;
  readonly action: string;
  readonly given: readonly string[];
}

interface ActionFile {
  readonly inputs: Readonly<Record<string, { readonly required?: boolean }>>;
}

const documents = [
  'README.md',
  ...readdirSync(join(root, 'docs')).map((name) => `docs/${name}`),
  ...readdirSync(join(root, 'packages')).map((name) => `packages/${name}/README.md`),
].filter((path) => path.endsWith('.md'));
const examples = documents.flatMap((path) => examplesIn(path));

/** Steps of this project's actions in the YAML blocks of a document. */
function examplesIn(path: string): readonly Example[] {
  const text = readFileSync(join(root, path), 'utf8');
  return [...text.matchAll(/^```ya?ml\n([\s\S]*?)^```$/gm)].flatMap((block) => {
    const line = text.slice(0, block.index).split('\n').length;
    return stepsIn(loadAll(block[1] ?? '')).map((step) => ({ place: `${path}:${line}`, ...step }));
  });
}

function stepsIn(value: unknown): readonly Omit<Example, 'place'>[] {
  if (typeof value !== 'object' || value === null) return [];
  const { uses, with: given = {} } = value as { uses?: unknown; with?: object };
  const action = /\/headgate\/packages\/([a-z-]+)@/.exec(typeof uses === 'string' ? uses : '')?.[1];
  const here = action === undefined ? [] : [{ action, given: Object.keys(given) }];
  return [...here, ...Object.values(value).flatMap(stepsIn)];
}

function actionFile(name: string): ActionFile {
  return load(readFileSync(join(root, 'packages', name, 'action.yml'), 'utf8')) as ActionFile;
}

describe('the examples of the documents', () => {
  it('are found, some for each action that people use', () => {
    const shown = new Set(examples.map(({ action }) => action));
    for (const action of ['docker-multistage-build', 'packer-image', 'terraform-plan-apply'])
      expect(shown).toContain(action);
    for (const action of ['rolling-deploy', 'approval-gate', 'notify']) expect(shown).toContain(action);
  });

  it.each(examples)('$place shows $action with inputs that it has', ({ action, given }) => {
    const { inputs } = actionFile(action);
    expect(given.filter((name) => !Object.hasOwn(inputs, name))).toEqual([]);
    const needed = Object.keys(inputs).filter((name) => inputs[name]?.required === true);
    expect(needed.filter((name) => !given.includes(name))).toEqual([]);
  });
});
