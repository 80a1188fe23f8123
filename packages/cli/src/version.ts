// Which version this is: the one of the installation that this program is part of.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findInstallation } from './installation.js';

export async function installedVersion(script: string): Promise<string> {
  const manifest: unknown = JSON.parse(
    await readFile(join(findInstallation(script), 'package.json'), 'utf8'),
  );
  const version =
    typeof manifest === 'object' && manifest !== null && 'version' in manifest ? manifest.version : null;
  return typeof version === 'string' ? version : 'unknown';
}
