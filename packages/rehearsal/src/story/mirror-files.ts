// The files of an action's mirror: those of its package, with the chunks it shares with other actions in their places.
import { cp, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** What stands in a bundle for a chunk that is kept in `packages/kit/dist`; scripts/build/sharing.mjs writes it. */
const reference =
  /^import f from"((?:\.\.\/)+kit\/dist\/[0-9a-f]{16}\.js)";(export const\{id,ids,modules\}=f\(\[[\d,]*\]\);\n)$/;
/** What is kept there: a function of the numbers that the chunk's modules have in this bundle. */
const kept = /^export default\s*(.*);\n$/s;

/** Fills the folder `target`, which must not exist, from `packages/<action>`. */
export async function writeMirror(action: string, target: string): Promise<void> {
  await cp(join(action, 'action.yml'), join(target, 'action.yml'));
  await cp(join(action, 'dist'), join(target, 'dist'), { recursive: true });
  for (const path of await readdir(join(action, 'dist'), { recursive: true })) {
    if (!path.endsWith('.js')) continue;
    const file = join(action, 'dist', path);
    const [, shared, made] = reference.exec(await readFile(file, 'utf8')) ?? [];
    if (shared === undefined) continue;
    const maker = kept.exec(await readFile(join(dirname(file), shared), 'utf8'))?.[1] ?? '';
    await writeFile(join(target, 'dist', path), `const f=${maker};${made}`);
  }
}
