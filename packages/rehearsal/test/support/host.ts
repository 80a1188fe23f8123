// A small host over real bare repositories; `serverUrl` is a file URL, so git fetches without a server.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Artifact, GitHubHost, RaisedEvent, TokenGrant } from '../../src/model.js';
import type { RepositorySettings } from '../../src/repository-settings.js';

export interface TestHost extends GitHubHost {
  readonly root: string;
  readonly grants: TokenGrant[];
  readonly revoked: string[];
  /** What jobs with environments left: environment, conclusion and address. */
  readonly deployments: (readonly [string, string, string])[];
  /** Commits files on top of the former commit and moves the branch there; the commit’s SHA. */
  commit(repository: string, branch: string, files: Readonly<Record<string, string>>): string;
}

function git(directory: string, args: readonly string[], input = ''): void {
  execFileSync('git', args, { cwd: directory, input, stdio: ['pipe', 'ignore', 'inherit'] });
}

const data = (text: string): string => `data ${Buffer.byteLength(text)}\n${text}\n`;

/** A commit on top of `parent`, in one process; its SHA. */
function importCommit(
  directory: string,
  branch: string,
  { files, parent }: { files: Readonly<Record<string, string>>; parent: string | null },
): string {
  const marks = join(directory, 'marks');
  const lines = [
    `reset refs/heads/${branch}\n`,
    `commit refs/heads/${branch}\nmark :1\ncommitter A <a@example.test> ${Math.floor(Date.now() / 1000)} +0000\n`,
    data('change'),
    parent === null ? '' : `from ${parent}\n`,
    ...Object.entries(files).map(
      ([path, content]) => `M 100644 inline ${JSON.stringify(path)}\n${data(content)}`,
    ),
  ];
  git(directory, ['fast-import', '--quiet', '--force', `--export-marks=${marks}`], lines.join(''));
  return readFileSync(marks, 'utf8').trim().slice(':1 '.length);
}

export function settingsOf(name: string, more: Partial<RepositorySettings> = {}): RepositorySettings {
  const [owner = '', short = ''] = name.split('/');
  return {
    owner,
    name: short,
    defaultBranch: 'develop',
    variables: {},
    secrets: {},
    environments: {},
    protectedBranches: [],
    ...more,
  };
}

export function createTestHost(): TestHost {
  const root = mkdtempSync(join(tmpdir(), 'headgate-host-'));
  const settings = new Map<string, RepositorySettings>();
  const artifacts: Artifact[] = [];
  const runs = new Map();
  const grants: TokenGrant[] = [];
  const revoked: string[] = [];
  const deployments: (readonly [string, string, string])[] = [];
  let id = 0;
  const bare = (name: string): string => join(root, 'git', name);
  const tips = new Map<string, string>();
  return {
    root,
    grants,
    revoked,
    deployments,
    beginDeployment:
      ({ environment }) =>
      (conclusion, url) =>
        void deployments.push([environment, conclusion, url]),
    serverUrl: `file://${join(root, 'git')}`,
    apiUrl: 'http://127.0.0.1:1/api/v3',
    async addRepository(added) {
      const name = `${added.owner}/${added.name}`;
      settings.set(name, added);
      mkdirSync(bare(name), { recursive: true });
      git(bare(name), ['init', '-q', '--bare', '-b', added.defaultBranch]);
    },
    repository(name) {
      const found = settings.get(name);
      if (found === undefined) throw new Error(`no repository ${name}`);
      return found;
    },
    gitDirectory: bare,
    grantToken(grant) {
      grants.push(grant);
      return `ghs_${createHash('sha256').update(String(grants.length)).digest('hex').slice(0, 36)}`;
    },
    revokeToken: (token) => void revoked.push(token),
    onEvent: () => undefined,
    onRunRequest: () => undefined,
    runs,
    nextId: () => {
      id += 1;
      return id;
    },
    addArtifact(artifact, overwrite) {
      const same = artifacts.findIndex(
        (each) => each.runId === artifact.runId && each.name === artifact.name,
      );
      if (same !== -1 && !overwrite) throw new Error(`409: ${artifact.name} exists`);
      if (same !== -1) artifacts.splice(same, 1);
      const digest = `sha256:${createHash('sha256').update(artifact.zip).digest('hex')}`;
      id += 1;
      const added: Artifact = { ...artifact, id: artifact.id ?? id, digest, createdAt: 0 };
      artifacts.push(added);
      return added;
    },
    artifacts: (filter) =>
      artifacts.filter(
        (each) =>
          each.repository === filter.repository &&
          (filter.runId === undefined || each.runId === filter.runId) &&
          (filter.name === undefined || each.name === filter.name),
      ),
    requests: [],
    async close() {
      rmSync(root, { recursive: true, force: true });
    },
    commit(repository, branch, files) {
      const sha = importCommit(bare(repository), branch, { files, parent: tips.get(repository) ?? null });
      tips.set(repository, sha);
      return sha;
    },
  };
}

/** A push to a branch. */
export function pushEvent(
  repository: string,
  branch: string,
  sha: string,
  more: Partial<RaisedEvent> = {},
): RaisedEvent {
  return {
    repository,
    name: 'push',
    ref: `refs/heads/${branch}`,
    sha,
    actor: 'ann',
    payload: { ref: `refs/heads/${branch}`, after: sha, before: '0'.repeat(40) },
    fork: false,
    ...more,
  };
}
