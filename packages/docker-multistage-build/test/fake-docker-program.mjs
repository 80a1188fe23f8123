// What the scripted `docker` does: `fake-docker-program.mjs FOLDER ARGUMENTS…`, script.json in the folder.
import { appendFileSync, cpSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { gzipSync } from 'node:zlib';

const [folder = '', ...args] = process.argv.slice(2);
const script = JSON.parse(readFileSync(`${folder}/script.json`, 'utf8'));

const option = (name) => args.find((arg) => arg.startsWith(`--${name}=`))?.slice(name.length + 3) ?? '';

function record() {
  const secrets = args
    .filter((arg) => arg.startsWith('--secret='))
    .map((arg) => /src=([^,]+)/.exec(arg)?.[1] ?? '')
    .map((path) => ({ path, mode: statSync(path).mode & 0o777, content: readFileSync(path, 'utf8') }));
  appendFileSync(`${folder}/calls.jsonl`, `${JSON.stringify({ args, env: process.env, secrets })}\n`);
}

/** A null in the script is a part that does not answer. */
function say(value, text) {
  if (value === null) {
    process.stderr.write('no answer\n');
    process.exitCode = 1;
  } else process.stdout.write(`${text(value)}\n`);
}

function hang(stubborn) {
  const timer = setInterval(() => undefined, 1000);
  process.on('SIGINT', () => {
    if (stubborn) return;
    clearInterval(timer);
    process.stderr.write('ERROR: failed to solve: Canceled: context canceled\n');
    process.exitCode = 1;
  });
  writeFileSync(`${folder}/pid`, String(process.pid));
  process.stderr.write('waiting\n');
}

/** As buildx does before it knows how the build ends. */
function remember() {
  if (script.history === undefined) return;
  const node = `${script.history.folder}/refs/shop/shop0`;
  mkdirSync(node, { recursive: true });
  const state = { Target: 'default', LocalPath: args.at(-1), DockerfilePath: option('file') };
  const id = `build${option('target') || 'last'}${process.pid}`;
  writeFileSync(`${node}/${id}`, JSON.stringify(state));
}

function exportHistory() {
  const { record = null, packed = true } = script.history ?? {};
  if (record !== null) writeFileSync(option('output'), packed ? gzipSync(record) : record);
  else {
    process.stderr.write('warning of another kind\nERROR: no record found for ref\n');
    process.exitCode = 1;
  }
}

function build() {
  remember();
  const {
    output = '',
    code = 0,
    hang: hangs = false,
    stubborn = false,
    dies = null,
    files = null,
  } = script.builds?.[option('target')] ?? {};
  process.stderr.write(output);
  if (hangs) {
    hang(stubborn);
    return;
  }
  if (dies !== null) {
    process.kill(process.pid, dies);
    return;
  }
  process.exitCode = code;
  const destination = /dest=([^,]+)/.exec(option('output'))?.[1];
  if (destination === undefined || code !== 0) return;
  if (option('output').startsWith('type=local')) {
    for (const [path, content] of Object.entries(files ?? {})) {
      mkdirSync(dirname(`${destination}/${path}`), { recursive: true });
      writeFileSync(`${destination}/${path}`, content);
    }
    return;
  }
  cpSync(script.layout, destination, { recursive: true });
  const index = JSON.parse(readFileSync(`${destination}/index.json`, 'utf8'));
  const digest = script.reportedDigest ?? index.manifests[0].digest;
  writeFileSync(option('metadata-file'), JSON.stringify({ 'containerimage.digest': digest }, null, 2));
}

const { server = '26.1.5', buildx = '0.13.1+ds1', driver = 'docker', containerd = true } = script;
const store = containerd ? '[["driver-type","io.containerd.snapshotter.v1"]]' : '[]';
const answers = {
  version: () => say(server, JSON.stringify),
  info: () => say(store, String),
  'buildx version': () => say(buildx, (version) => `github.com/docker/buildx ${version} 0.13.1-3`),
  'buildx inspect': () => say(driver, (name) => `Name:   default\nDriver: ${name}`),
  'buildx build': build,
  'buildx history': exportHistory,
  system: () => process.stdout.write('Images\t1.2GB\t0B (0%)\nBuild Cache\t3.4GB\t2.1GB\n'),
};
record();
answers[args[0] === 'buildx' ? `buildx ${args[1]}` : args[0]]();
