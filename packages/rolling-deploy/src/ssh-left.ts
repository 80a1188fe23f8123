// Ends what a killed step left of its connections by ssh.
import type { Deps } from '@headgate/kit/deps';
import { leftFolders } from './ssh-folder.js';
import { endLeftMaster } from './ssh-master.js';

/** `parent` is the state of the main step: hostile as any text, so only a folder of ours is touched. Never rejects. */
export async function endLeftConnections(parent: string, { run }: Pick<Deps, 'run'>): Promise<void> {
  for (const folder of await leftFolders(parent)) await endLeftMaster(folder, run);
}
