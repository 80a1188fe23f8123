// Repositories for single actions, as the Marketplace wants them: `npm run mirror -- --out DIR [--push URL] [NAME…]`.
//   --out     folder with one repository for each action; what is there stays, and a new version adds one commit
//   --push    address with {name}, such as https://github.com/headgate/{name}.git: fetched first, pushed at the end
//   --owner   whose the mirrors are, in their examples; headgate unless said
//   --source  owner/name of this repository; headgate/headgate unless said
//   --present takes the files as they lie there, committed or not: to try a mirror, never to publish one
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { listMirrored, mirrorContents } from './mirror/contents.mjs';
import { openMirror, pushMirror, writeVersion } from './mirror/repository.mjs';
import { describeSource } from './mirror/source.mjs';
import { ReleaseProblem } from './release/problem.mjs';
import { showVersion } from './release/version.mjs';
import { root as checkout } from './workspace/paths.mjs';

/** @param {string} pattern @param {string} name @throws {ReleaseProblem} */
function addressOf(pattern, name) {
  if (!pattern.includes('{name}'))
    throw new ReleaseProblem(
      '--push: an address with {name} was expected',
      'Write https://github.com/headgate/{name}.git.',
    );
  // It would stand in the list of processes, and in git's messages.
  if (/^[a-z]+:\/\/[^/]*:[^/]*@/i.test(pattern))
    throw new ReleaseProblem(
      '--push: an address without a password was expected',
      "Let git's credential helper have it.",
    );
  return pattern.replaceAll('{name}', name);
}

/** @param {{ root: string, out: string, push: string | null, owner: string, source: string, present: boolean }} order @param {readonly string[]} names */
async function mirror(order, names) {
  const known = listMirrored(order.root);
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length > 0)
    throw new ReleaseProblem(`there is no action ${unknown.join(', ')}`, `There are ${known.join(', ')}.`);
  const source = await describeSource(order.root, { repository: order.source, present: order.present });
  const origin = { owner: order.owner, source: order.source, version: showVersion(source.version) };
  for (const { name, files } of mirrorContents(order.root, origin)) {
    if (names.length > 0 && !names.includes(name)) continue;
    const folder = join(order.out, name);
    const remote = order.push === null ? null : addressOf(order.push, name);
    await openMirror(folder, remote);
    const { made, commit } = await writeVersion(folder, files, source);
    if (remote !== null) await pushMirror(folder, remote, source.version);
    console.log(`  ${name.padEnd(24)} v${origin.version} ${made ? 'made' : 'as it was'}: ${commit}`);
  }
}

try {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      out: { type: 'string' },
      push: { type: 'string' },
      owner: { type: 'string' },
      source: { type: 'string' },
      root: { type: 'string' },
      present: { type: 'boolean' },
    },
  });
  if (!values.out) throw new ReleaseProblem('--out was expected', 'Name a folder for the repositories.');
  const { owner = 'headgate', source = 'headgate/headgate', present = false, push = null } = values;
  const root = values.root ? resolve(values.root) : checkout;
  await mirror({ root, out: resolve(values.out), push, owner, source, present }, positionals);
} catch (error) {
  console.error(error instanceof ReleaseProblem ? `${error.message}\n  ${error.hint}` : error);
  process.exitCode = 1;
}
