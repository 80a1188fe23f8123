// Packs the `headgate` command with everything it needs: `npm run pack [-- --out DIR]`. Prints the tarball's path.
import { mkdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { pack } from './pack/tarball.mjs';
import { root } from './workspace/paths.mjs';

const { values } = parseArgs({ options: { out: { type: 'string' } } });
const out = resolve(values.out ?? '.');
mkdirSync(out, { recursive: true });
console.log(await pack(root, out));
