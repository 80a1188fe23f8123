// actions/checkout: one commit of a repository into the workspace, over the host's git server with the job's token.

import { randomUUID } from 'node:crypto';
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join, resolve, sep } from 'node:path';
import { problem } from '../../engine/problem.js';
import { runChild } from '../child.js';
import { isTrue, type ProvidedAction, type ProvidedStep } from './action.js';
import { takeEdits } from './checked-out.js';
import { commitForm, fetchArguments, type Wanted, wantedFor } from './checkout-reference.js';
import { giveOwnTimes } from './own-times.js';

type Git = (args: readonly string[], quiet?: boolean) => Promise<string>;

function gitIn(directory: string, { step }: ProvidedStep, header: readonly [string, string]): Git {
  const { session } = step;
  const env = {
    ...session.options.environment,
    GIT_TERMINAL_PROMPT: '0',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_COUNT: '2',
    GIT_CONFIG_KEY_0: header[0],
    GIT_CONFIG_VALUE_0: header[1],
    GIT_CONFIG_KEY_1: 'safe.directory',
    GIT_CONFIG_VALUE_1: '*',
    RUNNER_TRACKING_ID: session.trackingId,
  };
  return async (args, quiet = false) => {
    const lines: string[] = [];
    const { clock } = session.options;
    const onLine = (line: string): void => void lines.push(line);
    const code = await runChild({
      file: 'git',
      args,
      cwd: directory,
      env,
      clock,
      signal: step.signal,
      onLine,
    });
    if (!quiet) for (const line of lines) session.log.line(line);
    if (code === 0) return lines.join('\n');
    const said = lines.slice(-3).join(' ');
    throw problem(
      'step-failed',
      `git ${args[0]} ended with ${code}: ${said}`,
      'Check `ref`, `repository` and `permissions: contents: read`.',
    );
  };
}

/** The reference and commit to take: the event's, or what `ref` names in the repository. */
async function resolveWanted(provided: ProvidedStep, git: Git, url: string): Promise<Wanted> {
  const { github } = provided.step;
  const same =
    provided.input('repository') === String(github['repository']) || provided.input('repository') === '';
  const asked = provided.input('ref');
  if (asked === '' && same) return wantedFor(String(github['ref']), String(github['sha']));
  if (commitForm.test(asked)) return wantedFor('', asked);
  const listed = await git(
    [
      'ls-remote',
      '--symref',
      url,
      ...(asked === ''
        ? ['HEAD']
        : [asked, `refs/heads/${asked}`, `refs/tags/${asked}`, `refs/tags/${asked}^{}`]),
    ],
    true,
  );
  const found = listed
    .split('\n')
    .map((line) => line.split('\t'))
    .filter(([sha]) => commitForm.test(sha ?? ''))
    .map(([sha = '', ref = '']) => ({ sha, ref }));
  const exact =
    asked === ''
      ? found[0]
      : ['', 'refs/heads/', 'refs/tags/']
          .map((prefix) => found.find(({ ref }) => ref === prefix + asked))
          .find(Boolean);
  if (exact === undefined)
    throw problem(
      'not-found',
      `checkout: the repository has no reference ${asked || 'HEAD'}`,
      'Correct `ref`.',
    );
  const branch = asked === '' ? /ref: (\S+)\tHEAD/u.exec(listed)?.[1] : undefined;
  return wantedFor(branch ?? exact.ref, exact.sha);
}

async function persist(provided: ProvidedStep, git: Git, header: readonly [string, string]): Promise<void> {
  const { session } = provided.step;
  const file = join(session.directories.temporary, `git-credentials-${randomUUID()}.config`);
  const section = header[0].slice('http.'.length, -'.extraheader'.length);
  await writeFile(file, `[http "${section}"]\n\textraheader = ${header[1]}\n`, { mode: 0o600 });
  await git(['config', '--local', 'include.path', file], true);
}

async function clean(directory: string): Promise<void> {
  await mkdir(directory, { recursive: true });
  for (const entry of await readdir(directory))
    await rm(join(directory, entry), { recursive: true, force: true });
}

async function run(provided: ProvidedStep): Promise<void> {
  const { step, host, input } = provided;
  const { workspace } = step.session.directories;
  const directory = resolve(workspace, input('path') || '.');
  if (directory !== workspace && !directory.startsWith(workspace + sep)) {
    throw problem(
      'step-failed',
      `checkout: path ${input('path')} is outside the workspace`,
      'Give a path below it.',
    );
  }
  const repository = input('repository') || String(step.github['repository']);
  const token = input('token') || step.session.token;
  const basic = Buffer.from(`x-access-token:${token}`).toString('base64');
  step.session.masks.add(basic);
  const header = [`http.${host.serverUrl}/.extraheader`, `AUTHORIZATION: basic ${basic}`] as const;
  const url = `${host.serverUrl}/${repository}`;
  if (isTrue(input('clean'))) await clean(directory);
  const git = gitIn(directory, provided, header);
  await git(['init', '-q', '-b', 'main', '.'], true);
  await git(['remote', 'add', 'origin', url], true);
  const wanted = await resolveWanted(provided, git, url);
  const depth = Number(input('fetch-depth'));
  await git(fetchArguments(wanted, depth, isTrue(input('fetch-tags'))));
  // All branches were fetched as they are now; this job's one stays at the event's commit.
  const { destination, sha } = wanted;
  if (depth <= 0 && destination !== null && !destination.startsWith('refs/tags/')) {
    await git(['update-ref', destination, sha]);
  }
  await git(['checkout', '-q', '--force', ...wanted.checkout]);
  await giveOwnTimes(directory, step.session.options.clock.now());
  await git(['update-index', '-q', '--refresh'], true);
  if (isTrue(input('persist-credentials'))) await persist(provided, git, header);
  const commit = (await git(['rev-parse', 'HEAD'], true)).trim();
  await takeEdits(provided, { directory, repository, commit });
  provided.output('commit', commit);
  provided.output('ref', input('ref') || String(step.github['ref']));
}

export const checkout: ProvidedAction = {
  inputs: {
    repository: '',
    ref: '',
    token: '',
    path: '',
    clean: 'true',
    'fetch-depth': '1',
    'fetch-tags': 'false',
    'persist-credentials': 'true',
    'show-progress': 'true',
    'set-safe-directory': 'true',
  },
  run,
};
