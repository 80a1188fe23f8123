// Plays Terraform from a script in its folder and writes down how it was called.
import { appendFileSync, copyFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const [folder = '', ...args] = process.argv.slice(2);
const script = JSON.parse(readFileSync(join(folder, 'script.json'), 'utf8'));
const files = args
  .filter((each) => each.startsWith('-var-file=') && each.endsWith('.json'))
  .map((each) => JSON.parse(readFileSync(each.slice('-var-file='.length), 'utf8')));
const variables = Object.assign({}, ...files);
const command = args[0] ?? '';
const {
  code = 0,
  output = '',
  leaves = {},
  hang = false,
  stopsAfterMs = 300,
} = script.commands?.[command] ?? {};
// Whoever sees the call in the file may signal at once.
if (hang) listen();
appendFileSync(join(folder, 'calls.jsonl'), `${JSON.stringify({ args, env: process.env, variables })}\n`);
process.stdout.write(output);
for (const [name, text] of Object.entries(leaves)) writeFileSync(name, text);
const stateFile = join(folder, 'state.json');

if (hang) {
  setInterval(() => undefined, 1000);
} else if (code !== 0) {
  process.exitCode = code;
} else if (command === 'version') {
  process.stdout.write(JSON.stringify({ terraform_version: script.version ?? '1.11.4' }));
} else if (command === 'plan') {
  const out = args.find((each) => each.startsWith('-out='))?.slice('-out='.length) ?? '';
  copyFileSync(join(folder, 'plan.zip'), out);
  process.exitCode = 2;
} else if (command === 'show') {
  process.stdout.write(`Warning: something\n${readFileSync(join(folder, 'show.json'), 'utf8')}\n`);
} else if (command === 'state') {
  if (existsSync(stateFile)) process.stdout.write(readFileSync(stateFile, 'utf8'));
} else if (command === 'apply') {
  const { serial = 0 } = existsSync(stateFile) ? JSON.parse(readFileSync(stateFile, 'utf8')) : {};
  writeFileSync(stateFile, JSON.stringify({ serial: serial + 1, lineage: 'line' }));
} else if (command === 'output') {
  process.stdout.write(JSON.stringify(script.outputs ?? {}));
}

function listen() {
  process.on('SIGINT', () => {
    appendFileSync(join(folder, 'signals'), 'SIGINT\n');
    setTimeout(() => process.exit(1), stopsAfterMs);
  });
  process.on('SIGTERM', () => appendFileSync(join(folder, 'signals'), 'SIGTERM\n'));
}
