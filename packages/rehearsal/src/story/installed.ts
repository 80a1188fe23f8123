// Headgate's own repositories in a rehearsal: what is installed here stands in for whatever release a workflow names.
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

export interface Installed {
  readonly owner: string;
  readonly name: string;
  /** The folder whose files it holds: the whole installation, or one action that is mirrored. */
  readonly files: string;
  readonly mirror: boolean;
}

const home = { owner: 'headgate', name: 'headgate' };
/** `owner/name` and what follows up to the reference; a value may be quoted. */
const usesPattern = /^[ \t]*(?:-[ \t]+)?uses:[ \t]*["']?([\w.-]+)\/([\w.-]+)(\/[^\s@"']*)?@/gm;

/**
 * The repository itself, copies of it that other owners keep, and the actions' mirrors, as far as the application's
 * workflows name them.
 */
export async function installedRepositories(
  application: string,
  installation: string,
): Promise<readonly Installed[]> {
  const found = new Map([[fullName(home), { ...home, files: installation, mirror: false }]]);
  for (const text of await workflowTexts(application)) {
    for (const [, owner = '', name = '', path = ''] of text.matchAll(usesPattern)) {
      const files = filesOf({ owner, name, path }, installation);
      if (files !== null)
        found.set(fullName({ owner, name }), { owner, name, files, mirror: files !== installation });
    }
  }
  return [...found.values()];
}

const fullName = ({ owner, name }: Pick<Installed, 'owner' | 'name'>): string =>
  `${owner}/${name}`.toLowerCase();

function filesOf(
  { owner, name, path }: { readonly owner: string; readonly name: string; readonly path: string },
  installation: string,
): string | null {
  if (name === home.name && /^\/(?:\.github\/workflows|packages)\//.test(path)) return installation;
  const mirrored = join(installation, 'packages', name);
  return owner === home.owner && path === '' && existsSync(join(mirrored, 'action.yml')) ? mirrored : null;
}

async function workflowTexts(application: string): Promise<readonly string[]> {
  const folder = join(application, '.github', 'workflows');
  const names = (await readdir(folder).catch(() => [])).filter((name) => /\.ya?ml$/.test(name));
  return Promise.all(names.map((name) => readFile(join(folder, name), 'utf8')));
}
