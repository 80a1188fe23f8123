// Where the files of an action under test lie: in its package, in its mirror alone, or in what a runner downloads.
import { existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * A file of the action whose test `testUrl` is (`packages/<action>/test/…`). Where `HEADGATE_ACTIONS` names a folder of
 * actions, the one in it is tested in place of the package; one that is not there is an error, never passed over.
 */
export function actionFile(testUrl: string, path: string): string {
  const action = dirname(dirname(fileURLToPath(testUrl)));
  const actions = process.env['HEADGATE_ACTIONS'] ?? '';
  if (actions === '') return join(action, path);
  const file = join(actions, basename(action), path);
  if (existsSync(file)) return file;
  throw new Error(`HEADGATE_ACTIONS: ${file} was expected, it is missing`);
}
