// GitHub's double with one repository whose settings a test chooses, and a folder whose origin it is.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '@headgate/kit/clock';
import { startGitHub } from '@headgate/rehearsal/github/host';
import type { RepositorySettings } from '@headgate/rehearsal/repository-settings';
import { run } from '../src/run.js';
import { testHost } from './host.js';

/** As the flow wants it, for the headgate.yml of `writeApplication`. */
export const good: RepositorySettings = {
  owner: 'acme',
  name: 'shop',
  defaultBranch: 'develop',
  variables: { REGISTRY: 'ghcr.io' },
  secrets: { DEPLOY_SECRETS: '{}', NOTIFY_SECRETS: 'a: b' },
  environments: {
    integration: { variables: {}, secrets: { DEPLOY_SECRETS: 'x' }, branches: ['develop', 'master'] },
    'integration-plan': { variables: {}, secrets: { DEPLOY_SECRETS: 'x' }, branches: ['develop', 'master'] },
    'production-plan': { variables: {}, secrets: { DEPLOY_SECRETS: 'x' }, branches: ['master'] },
    production: { variables: {}, secrets: { DEPLOY_SECRETS: 'x' }, branches: ['master'] },
    staging: { variables: {}, secrets: {}, branches: ['release/**', 'hotfix/*', 'master'] },
    'pull-request-plan': { variables: {}, secrets: {}, branches: ['refs/pull/*/merge'] },
  },
  protectedBranches: ['develop', 'master', 'release/**', 'hotfix/**'],
  protectedTags: ['v*'],
  requiredChecks: ['flow / result (pull_request)'],
  codeOwnerReview: true,
};

const application = `application: shop
registry: {host: {var: REGISTRY}}
images: {shop: {}}
environments:
  integration:
    branch: development
    infrastructure: {main: {directory: infrastructure}}
    targets: {web: &web {compose: compose.yaml, service: web, image: shop, port: 1, proxy: {socket: /s, backend: b}}}
  staging:
    branch: release
    targets: {web: *web}
  production:
    branch: production
    targets: {web: {compose: compose.yaml, service: web, image: shop, port: 1, proxy: {socket: /s, backend: b}, secrets: {KEY: {secret: KEY}}}}
    approval: {groups: {all: {members: [ada]}}}
notifications:
  hook: {type: webhook, url: {secret: URL}, secret: {secret: SIGN}}
`;

export const owners = '* @acme/all\n/headgate.yml @ada\n.github/ @ada # the flow\n';

export interface CheckResult {
  readonly code: number;
  readonly out: string;
  readonly errors: string;
}

export interface Scene {
  readonly directory: string;
  /** A token of a person with this role. */
  person(role: 'admin' | 'write' | 'read'): string;
  /** A token with these permissions alone. */
  token(permissions: Readonly<Record<string, 'read' | 'write'>>): string;
  check(token: string, ...args: string[]): Promise<CheckResult>;
  readonly violations: readonly unknown[];
  readonly methods: readonly string[];
  close(): Promise<void>;
}

export interface SceneForm {
  readonly settings?: Partial<RepositorySettings>;
  /** CODEOWNERS of every branch; null: none. */
  readonly codeOwners?: string | null;
  readonly branches?: readonly string[];
}

export async function openScene(form: SceneForm = {}): Promise<Scene> {
  const root = mkdtempSync(join(tmpdir(), 'headgate-settings-'));
  const host = await startGitHub({ directory: join(root, 'github'), clock: systemClock });
  await host.addRepository({ ...good, ...form.settings });
  seed(host.gitDirectory('acme/shop'), form);
  const directory = join(root, 'shop');
  writeApplication(directory);
  return {
    directory,
    person: (role) => host.person(`a-${role}`, { role }).token,
    token: (permissions) =>
      host.grantToken({ repository: 'acme/shop', permissions, login: 'helper', jobToken: false }),
    check: async (token, ...args) => {
      const env = { PATH: process.env['PATH'], GITHUB_TOKEN: token, GITHUB_API_URL: host.apiUrl };
      const process_ = testHost({ directory, env });
      const code = await run(['check', '--github', ...args], process_);
      return { code, out: process_.output(), errors: process_.errors() };
    },
    violations: host.violations,
    get methods() {
      return host.requests.map(({ method }) => method);
    },
    close: async () => {
      await host.close();
      rmSync(root, { recursive: true, force: true });
    },
  };
}

function seed(git: string, { codeOwners = owners, branches = ['develop', 'master'] }: SceneForm): void {
  const file =
    codeOwners === null
      ? ''
      : `M 100644 inline .github/CODEOWNERS\ndata ${Buffer.byteLength(codeOwners)}\n${codeOwners}\n`;
  const commit = `commit refs/heads/${branches[0] ?? ''}\nmark :1\ncommitter a <a@example.com> 1763719200 +0000\ndata 5\nFirst\n${file}\n`;
  const others = branches.slice(1).map((name) => `reset refs/heads/${name}\nfrom :1\n\n`);
  execFileSync('git', ['fast-import', '--quiet'], { cwd: git, input: [commit, ...others].join('') });
}

function writeApplication(directory: string): void {
  mkdirSync(join(directory, 'infrastructure'), { recursive: true });
  writeFileSync(join(directory, 'headgate.yml'), application);
  writeFileSync(join(directory, 'Dockerfile'), 'FROM scratch\n');
  writeFileSync(join(directory, 'compose.yaml'), 'services: {web: {image: shop}}\n');
  const git = (...args: string[]): void => void execFileSync('git', args, { cwd: directory });
  git('init', '-q');
  git('remote', 'add', 'origin', 'git@github.com:acme/shop.git');
}
