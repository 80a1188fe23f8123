// GitHub's language service, actionlint and zizmor over all workflows and action files: `node scripts/lint-workflows.mjs`.
// Hints count as findings. actionlint does not know `$/` (the repository and commit of the file itself). It gets a copy of the files in which
// that is `./`, beside the actions' contracts, so that it also checks what is passed to them.
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { childVariables, readEnvironment } from './setup/environment.mjs';
import { searchPath } from './setup/machine.mjs';
import { diagnose } from './workflows/language-service.mjs';
import { interruptedCode, runChild } from './workspace/child.mjs';
import { root } from './workspace/paths.mjs';

const examples = readdirSync(join(root, 'examples')).map((name) =>
  join('examples', name, '.github/workflows'),
);
const folders = ['.github/workflows', ...examples.filter((folder) => existsSync(join(root, folder)))];
const actions = readdirSync(join(root, 'packages'))
  .map((name) => join(root, 'packages', name, 'action.yml'))
  .filter((file) => existsSync(file));

/** @param {string} folder @returns {string[]} */
const listWorkflows = (folder) =>
  readdirSync(join(root, folder))
    .filter((name) => name.endsWith('.yml'))
    .map((name) => join(root, folder, name));

/** @param {string} copy an empty folder @param {string} folder of workflows @returns {string[]} the files in the copy */
function copyForActionlint(copy, folder) {
  // It takes the folder with .git for the project.
  for (const part of ['.git', '.github/workflows']) mkdirSync(join(copy, part), { recursive: true });
  copyFileSync(join(root, '.github', 'actionlint.yaml'), join(copy, '.github', 'actionlint.yaml'));
  for (const name of readdirSync(join(root, 'packages'))) {
    const contract = join('packages', name, 'action.yml');
    if (!existsSync(join(root, contract))) continue;
    mkdirSync(join(copy, dirname(contract), 'dist', 'post'), { recursive: true });
    copyFileSync(join(root, contract), join(copy, contract));
    for (const file of ['dist/index.js', 'dist/post/index.js'])
      writeFileSync(join(copy, 'packages', name, file), '');
  }
  return listWorkflows(folder).map((file) => {
    const target = join(copy, '.github', 'workflows', relative(join(root, folder), file));
    const text = readFileSync(file, 'utf8').replace(/^(\s*(?:- )?uses:\s+)\$\//gm, '$1./');
    writeFileSync(target, text);
    return target;
  });
}

/** @param {string} program @param {string} folder @param {Record<string, string | undefined>} env @returns {Promise<boolean>} whether it is clean */
async function runActionlint(program, folder, env) {
  const copy = mkdtempSync(join(tmpdir(), 'headgate-lint-'));
  try {
    const files = copyForActionlint(copy, folder);
    const result = await runChild(program, ['-oneline', '-no-color', ...files], { cwd: copy, env });
    for (const line of result.output.split('\n').filter(Boolean)) {
      console.error(`actionlint: ${line.replace('.github/workflows', folder)}`);
    }
    if (result.code === 0) console.log(`actionlint: ${folder}: ${files.length} files clean`);
    return result.code === 0;
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}

/** @param {string} program @param {Record<string, string | undefined>} env @returns {Promise<boolean>} */
async function runZizmor(program, env) {
  const args = [
    '--offline',
    '--persona',
    'pedantic',
    '--no-progress',
    '--quiet',
    // By name: it passes over files with a leading dot in a folder.
    ...folders.flatMap(listWorkflows),
    ...actions,
  ];
  const result = await runChild(program, args, { cwd: root, env });
  if (result.code === 0) console.log('zizmor: no findings');
  else console.error(result.output.trim());
  return result.code === 0;
}

/** @returns {Promise<boolean>} */
async function runLanguageService() {
  const files = [...folders.flatMap(listWorkflows), ...actions];
  const findings = await diagnose(root, files);
  for (const finding of findings) console.error(`language service: ${finding}`);
  if (findings.length === 0) console.log(`language service: ${files.length} files clean`);
  return findings.length === 0;
}

const environment = readEnvironment();
const env = environment ? childVariables(environment) : process.env;
const actionlint = searchPath('actionlint', env.PATH);
const zizmor = searchPath('zizmor', env.PATH);
const results = [await runLanguageService()];
if (actionlint) for (const folder of folders) results.push(await runActionlint(actionlint, folder, env));
else console.log('actionlint: left out, it is not there: npm run setup says how to get it');
if (zizmor) results.push(await runZizmor(zizmor, env));
else console.log('zizmor: left out, it is not there: npm run setup says how to get it');
process.exitCode = interruptedCode() ?? (results.includes(false) ? 1 : 0);
