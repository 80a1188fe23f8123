// Set-up on a machine made of small scripts: what it finds, gets, refuses, and leaves behind.
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { isRunning, readPid, startModule, until } from './processes.mjs';

const scripts = fileURLToPath(new URL('..', import.meta.url));
let root = '';
let bin = '';

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'headgate-setup-'));
  bin = join(root, 'machine');
  for (const folder of [bin, join(root, 'packages')]) mkdirSync(folder);
  cpSync(scripts, join(root, 'scripts'), { recursive: true, filter: (path) => !path.endsWith('/test') });
  writeFileSync(join(root, 'pnpm-lock.yaml'), 'one\n');
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

/** A command of the machine. @param {string} name @param {string} body of a shell script that may use no other command */
function command(name, body) {
  writeFileSync(join(bin, name), `#!/bin/sh\n${body}\n`);
  chmodSync(join(bin, name), 0o755);
}

/** A machine that has everything but the workspace's packages. */
function furnish() {
  command('git', 'echo git version 2.40.0');
  command('haproxy', 'echo HAProxy version 2.8.1 2023/01/01');
  command('registry', 'echo registry v2.8.3');
  command('terraform', 'echo Terraform v1.9.0');
  command('packer', 'echo 1.11.2');
  command('chromium', 'echo Chromium 156.0.8078.79 built on Debian');
  command('zizmor', 'echo zizmor 1.40.0');
  command('actionlint', 'echo 1.8.0');
  command('npm', 'echo null');
  command(
    'pnpm',
    `case $1 in --version) echo 10.1.0 ;; *) echo install >> ${root}/pnpm.log; /bin/mkdir -p ${root}/node_modules ;; esac`,
  );
  const layout = `for word in "$@"; do case $word in *dest=*) /bin/mkdir -p "\${word##*dest=}"; echo > "\${word##*dest=}/index.json" ;; esac; done`;
  command(
    'docker',
    `echo "$*" >> ${root}/docker.log\ncase "$1 $2" in version*) echo 28.1.0 ;; "buildx version") echo github.com/docker/buildx v0.20.0 ;; "buildx build") ${layout} ;; esac`,
  );
}

/** @param {Record<string, string>} [variables] @param {string[]} [args] */
const setUp = (variables = {}, args = []) =>
  startModule(join(root, 'scripts', 'setup.mjs'), args, {
    cwd: root,
    env: { PATH: bin, HOME: root, ...variables },
  });

/** @param {string} name */
const lines = (name) => readFileSync(join(root, name), 'utf8').trim().split('\n');

describe('a machine with nothing', () => {
  it('is told everything that is missing and how to get it, and nothing is changed', async () => {
    const before = readdirSync(root);
    // What this machine has beside its PATH does not count.
    const { code, output } = await setUp({ HEADGATE_TOOLS: 'cache' }).ended;

    expect(code).toBe(1);
    for (const text of ['git (>= 2.38)', 'workspace packages', 'Docker engine', 'HAProxy', 'registry'])
      expect(output).toContain(text);
    for (const cure of ['apt-get install git', 'have npm on PATH', 'start Docker', 'apt-get install haproxy'])
      expect(output).toContain(cure);
    expect(readdirSync(root)).toEqual(before);
  });

  it('is not told of what only improves the checks', async () => {
    expect((await setUp().ended).output).not.toContain('zizmor');
  });
});

describe('a machine with the tools', () => {
  beforeEach(furnish);

  it('gets the packages and keeps what was found', async () => {
    const { code, output } = await setUp().ended;

    expect([code, output]).toEqual([0, expect.stringContaining('Docker engine: own')]);
    const kept = JSON.parse(readFileSync(join(root, '.cache', 'headgate', 'environment.json'), 'utf8'));
    expect(kept).toMatchObject({
      engine: 'own',
      path: [bin],
      variables: { NODE_IMAGE: 'node:24', CERTIFICATES: '' },
    });
  });

  it('is only looked at the second time: nothing is installed, no build is tried', async () => {
    await setUp().ended;
    const builds = () => lines('docker.log').filter((line) => line.startsWith('buildx build')).length;
    expect([lines('pnpm.log').length, builds()]).toEqual([1, 1]);

    expect((await setUp().ended).code).toBe(0);
    expect([lines('pnpm.log').length, builds()]).toEqual([1, 1]);
  });

  it('gets the packages again when the lockfile has changed', async () => {
    await setUp().ended;
    writeFileSync(join(root, 'pnpm-lock.yaml'), 'two\n');
    await setUp().ended;

    expect(lines('pnpm.log')).toHaveLength(2);
  });

  it.each([
    ['an engine that does not answer', 'exit 1'],
    [
      'a buildx that is too old',
      'case "$1 $2" in version*) echo 28.1.0 ;; *) echo github.com/docker/buildx v0.12.1 ;; esac',
    ],
    [
      'an engine that writes no OCI layout',
      'case "$1 $2" in version*) echo 28.1.0 ;; "buildx build") exit 1 ;; *) echo b v0.20.0 ;; esac',
    ],
  ])('refuses %s', async (_, body) => {
    command('docker', body);
    const { code, output } = await setUp().ended;

    expect([code, output]).toEqual([1, expect.stringContaining('start Docker')]);
    expect(existsSync(join(root, 'pnpm.log'))).toBe(false);
  });

  it('needs no Docker, no registry and no proxy for the quick half', async () => {
    for (const name of ['docker', 'registry', 'haproxy']) rmSync(join(bin, name));

    const { code, output } = await setUp({}, ['--quick']).ended;

    expect([code, output]).toEqual([0, expect.stringContaining('Set up in')]);
    expect(output).not.toMatch(/Docker|Node images|get +(?:registry|HAProxy)/);
    expect((await setUp().ended).output).toContain('start Docker');
  });

  it('says why getting something failed', async () => {
    command('pnpm', 'case $1 in --version) echo 10.1.0 ;; *) echo the registry is on fire; exit 1 ;; esac');
    const { code, output } = await setUp().ended;

    expect([code, output]).toEqual([1, expect.stringContaining('the registry is on fire')]);
  });

  it('leaves nothing running when it is interrupted, and goes on the next time', async () => {
    const pid = join(root, 'slow.pid');
    command(
      'pnpm',
      `case $1 in --version) echo 10.1.0 ;; *) /bin/sh -c 'echo $$ > ${pid}; /bin/sleep 60' & wait ;; esac`,
    );
    const { child, ended } = setUp();
    await until('the slow tool runs', () => readPid(pid) !== null);
    const slow = readPid(pid) ?? 0;

    child.kill('SIGINT');

    expect((await ended).code).toBe(130);
    expect(isRunning(slow)).toBe(false);
    expect(readdirSync(join(root, '.cache', 'headgate'))).toEqual([]);
    furnish();
    expect((await setUp().ended).code).toBe(0);
  });

  it('two at once install once', async () => {
    const [first, second] = await Promise.all([setUp().ended, setUp().ended]);

    expect([first.code, second.code]).toEqual([0, 0]);
    expect(lines('pnpm.log')).toHaveLength(1);
  });
});

describe('the judges', () => {
  /** Go on this machine "builds" a program that tells the version it was told to hold. */
  function go() {
    command('nice', 'shift 2; exec "$@"');
    command(
      'go',
      `echo "$1 $PWD" >> ${root}/go.log
[ "$1" = install ] && output="$GOBIN/crane" version=v0.22.1
while [ $# -gt 0 ]; do case $1 in -o) output=$2 ;; *version.Version=*) version=\${1##*=} ;; esac; shift; done
/bin/mkdir -p "\${output%/*}"
printf '#!/bin/sh\\necho %s\\n' "$version" > "$output"
/bin/chmod +x "$output"`,
    );
  }
  const kept = () => JSON.parse(readFileSync(join(root, '.cache', 'headgate', 'environment.json'), 'utf8'));

  beforeEach(furnish);

  it('are left out without Go, with what to do by hand', async () => {
    const { code, output } = await setUp().ended;

    expect([code, output]).toEqual([0, expect.stringMatching(/none +crane .*go install .*crane@v/)]);
    expect(output).toMatch(/none +buildx .*cd scripts\/setup\/go\/buildx && go build .*HEADGATE_BUILDX=/);
    expect(output).toMatch(/none +BuildKit .*HEADGATE_BUILDKITD=/);
  });

  it("are built one after the other from modules of ours, and named beside the engine's own", async () => {
    go();
    const { code } = await setUp().ended;

    expect(code).toBe(0);
    const folder = (/** @type {string} */ name) => join(root, 'scripts', 'setup', 'go', name);
    const builds = lines('go.log').filter((line) => !line.includes('actionlint'));
    expect(builds.filter((line) => line.startsWith('build'))).toEqual([
      `build ${folder('buildx')}`,
      `build ${folder('buildkit')}`,
      `build ${folder('buildkit')}`,
    ]);
    const { path, variables } = kept();
    expect(variables.HEADGATE_BUILDX).toMatch(/buildx\/bin\/docker-buildx$/);
    expect(variables.HEADGATE_BUILDKITD).toMatch(/buildkit\/bin\/buildkitd$/);
    expect(path.filter((/** @type {string} */ name) => /buildx|buildkit/.test(name))).toEqual([]);
    expect(path).toContain(join(root, '.cache', 'headgate', 'crane', 'bin'));
  });

  it('may be named by hand, and are built where what is named is too old', async () => {
    go();
    command('newer', 'echo github.com/docker/buildx v0.36.0 abc');
    command('older', 'echo github.com/docker/buildx v0.13.0 abc');

    await setUp({ HEADGATE_BUILDX: join(bin, 'newer') }).ended;
    expect(kept().variables.HEADGATE_BUILDX).toBe(join(bin, 'newer'));
    await setUp({ HEADGATE_BUILDX: join(bin, 'older') }).ended;
    expect(kept().variables.HEADGATE_BUILDX).toMatch(/\.cache.*docker-buildx$/);
  });
});
