// Writes .github/workflows from workflows/: `node scripts/generate-workflows.mjs [--check] [--pin OWNER/REPO@REF --out DIR]`.
//   --check  changes nothing; fails unless every published file is what its source says
//   --pin    names siblings by repository and ref instead of `$/`, for GitHub Enterprise Server
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { makeEdition } from './workflows/edition.mjs';
import { reportFiles, settleFiles } from './workspace/generated.mjs';
import { root } from './workspace/paths.mjs';

const { values } = parseArgs({
  options: {
    check: { type: 'boolean' },
    pin: { type: 'string' },
    out: { type: 'string' },
    root: { type: 'string' },
  },
});
const base = values.root ?? root;
const check = values.check ?? false;
const out = values.out ?? join('.github', 'workflows');
const names = readdirSync(join(base, 'workflows')).filter((name) => name.endsWith('.yml'));
const files = names.map((name) => ({
  path: join(out, name),
  text: makeEdition(name, readFileSync(join(base, 'workflows', name), 'utf8'), values.pin ?? null),
}));
const stale = settleFiles(base, files, check);

// A file whose source is gone would still be callable. A leading dot marks the repository's own workflows.
const published = existsSync(join(base, out)) ? readdirSync(join(base, out)) : [];
const orphans = published.filter((name) => !name.startsWith('.') && !names.includes(name));
for (const name of check ? [] : orphans) rmSync(join(base, out, name));
for (const name of orphans)
  console.error(`${join(out, name)} has no source in workflows/${check ? '' : ': removed'}`);

const code = reportFiles(stale, check, 'node scripts/generate-workflows.mjs');
process.exitCode = check && orphans.length > 0 ? 1 : code;
