// `headgate init` on small repositories of several kinds: what it writes passes `headgate check` and means what was there.
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { parseYaml } from '@headgate/kit/yaml';
import { afterEach, describe, expect, it } from '@jest/globals';
import { run } from '../src/run.js';
import { testHost } from './host.js';
import { createTestRepository, type RepositoryForm, type TestRepository } from './init-repository.js';

let repository: TestRepository;
const open = (form: RepositoryForm): TestRepository => {
  repository = createTestRepository(form);
  return repository;
};
afterEach(() => repository.remove());

const dockerfile = `FROM node:24 AS build
COPY package.json ./
FROM build AS test
RUN npm test
FROM node:24-slim AS runtime
COPY --from=build /app /app
EXPOSE 8080/tcp
HEALTHCHECK CMD curl -f http://localhost:8080/ready || exit 1
`;
const node: RepositoryForm = {
  files: {
    Dockerfile: dockerfile,
    'package.json': '{"name": "@acme/web-shop"}',
    'docker-compose.yml': `services:
  web:
    build: .
    ports: ["80:8080"]
    environment: { DATABASE: "\${DATABASE_HOST}", LEVEL: "\${LEVEL:-info}" }
  db:
    image: postgres:17
`,
    '.github/CODEOWNERS': '* @ada @acme/team # @nobody\n*.ts @Grace ada@example.com\n',
  },
  branches: ['master', 'develop'],
};

async function initAndCheck(...args: string[]): Promise<string> {
  const { code, out, errors } = await repository.init(...args);
  expect([code, errors]).toEqual([0, '']);
  const checked = await repository.check();
  expect([checked.code, checked.errors]).toEqual([0, '']);
  return out;
}

describe('init of a Node service with a multi-stage Dockerfile and a compose file', () => {
  it('writes image, target and three environments as they lie there', async () => {
    open(node);
    const out = await initAndCheck();
    const { images, environments, application } = repository.configuration();

    expect(application).toBe('web-shop');
    expect(images).toEqual({ 'web-shop': { context: '.', target: 'runtime', 'test-targets': ['test'] } });
    expect(Object.keys(environments as object)).toEqual(['integration', 'staging', 'production']);
    expect(environments).toMatchObject({
      integration: {
        branch: 'development',
        targets: {
          web: {
            compose: 'docker-compose.yml',
            image: 'web-shop',
            port: 8080,
            health: { path: '/ready' },
            vars: { DATABASE_HOST: { var: 'DATABASE_HOST' } },
          },
        },
      },
      production: { approval: { groups: { maintainers: { members: ['ada', 'Grace'], quorum: 1 } } } },
    });
    expect(out).toMatch(/docker-compose\.yml: db +nothing +postgres:17 is not built here/);
    expect(out).toContain('remove ports from `web`');
    expect(out).toContain('Set the repository variable DATABASE_HOST.');
  });

  it('begins with the editor line and explains its choices', async () => {
    open(node);
    await repository.init();

    expect(repository.text('headgate.yml')).toMatch(/^# yaml-language-server: \$schema=https:\/\//);
    expect(repository.text('headgate.yml')).toContain('target: runtime # what ships: the last stage');
  });

  it('leaves production a comment while nobody approves it', async () => {
    const { '.github/CODEOWNERS': _owners, ...files } = node.files;
    open({ ...node, files });
    const written = await initAndCheck();

    expect(Object.keys(repository.configuration()['environments'] as object)).toEqual([
      'integration',
      'staging',
    ]);
    expect(written).toContain('Say who approves production');
    const text = repository.text('headgate.yml');
    const uncommented = text.replace(/^ {2}# (?!Remove)/gm, '  ').replace('"<login>"', 'ada, linus');
    repository.write({ 'headgate.yml': uncommented });
    expect((await repository.check()).code).toBe(0);
    expect(repository.configuration()).toHaveProperty('environments.production.approval');
  });

  it('prints the files and writes none with --dry-run', async () => {
    open(node);
    const { code, out } = await repository.init('--dry-run');

    expect(code).toBe(0);
    expect(out).toContain('--- headgate.yml\n# yaml-language-server');
    expect(out).toContain('--- .github/workflows/delivery.yml\n');
    expect(repository.git('status', '--short')).toBe('');
  });
});

describe('init of other kinds of repositories', () => {
  it('gives each Dockerfile in its folder a name, a context and a target of its own', async () => {
    open({
      files: {
        'services/api/Dockerfile': 'FROM golang AS build\nCOPY go.mod .\nFROM scratch\nEXPOSE 80\n',
        'services/api/go.mod': 'module api\n',
        'docker/worker.Dockerfile': 'FROM python\nCOPY services/worker /app\n',
        'services/worker/main.py': '',
        'test/Dockerfile': 'FROM scratch\n',
        'compose.yaml':
          'services:\n  api: {build: services/api}\n  worker: {build: {context: ., dockerfile: docker/worker.Dockerfile}}\n',
      },
      name: 'Fleet_1',
    });
    const out = await initAndCheck('--approvers', 'ada,linus');
    const { images, environments, application } = repository.configuration();

    expect(application).toBe('fleet-1');
    expect(images).toEqual({
      worker: { context: '.', file: 'docker/worker.Dockerfile' },
      api: { context: 'services/api' },
    });
    expect(environments).toHaveProperty('staging.targets.api.proxy.backend', 'fleet-1-staging');
    expect(out).toContain('--port worker=PORT');
    await initAndCheck('--force', '--approvers', 'ada,linus', '--port', 'worker=9000');
    expect(repository.configuration()).toHaveProperty('environments.production.targets.worker.port', 9000);
  });

  it('gives no port to a service that runs something else of the image than the one that is asked', async () => {
    open({
      files: {
        Dockerfile: 'FROM node\nEXPOSE 3000\nCMD ["node", "server.js"]\n',
        'compose.yaml':
          'services:\n  web: {build: .}\n  jobs: {build: ., command: [node, jobs.js]}\n  admin: {build: ., command: [node, admin.js], expose: [4000]}\n',
      },
      name: 'shop',
    });
    const out = await initAndCheck('--approvers', 'ada,linus');
    const { environments } = repository.configuration();

    expect(environments).toHaveProperty('production.targets.web.port', 3000);
    expect(environments).toHaveProperty('production.targets.admin.port', 4000);
    expect(environments).toHaveProperty('production.targets.jobs.service', 'jobs');
    expect(environments).not.toHaveProperty('production.targets.jobs.port');
    expect(environments).not.toHaveProperty('production.targets.jobs.proxy');
    expect(out).toMatch(/jobs.*a worker of shop: own command beside web, no port/);
  });

  it('calls services of several compose files after their folders', async () => {
    const part = { Dockerfile: 'FROM scratch\nEXPOSE 80\n', 'compose.yaml': 'services: {web: {build: .}}\n' };
    const files = ['shop', 'web'].flatMap((folder) =>
      Object.entries(part).map(([name, text]) => [`${folder}/${name}`, text] as const),
    );
    open({ files: Object.fromEntries(files), branches: ['main', 'fix/a'] });
    await initAndCheck();

    expect(Object.keys(repository.configuration()['images'] as object)).toEqual(['shop-web', 'web']);
    expect(repository.configuration()).toHaveProperty(
      'environments.integration.targets.shop-web.image',
      'shop-web',
    );
    expect(repository.configuration()['branches']).toEqual({ production: 'main' });
  });

  it('keeps the infrastructure of a repository with nothing else as a comment', async () => {
    open({
      files: {
        'main.tf':
          'terraform {\n  backend "s3" {\n    bucket = "states"\n  }\n}\nvariable "size" {}\nvariable "token" { sensitive = true }\nmodule "net" {\n  source = "./net"\n}\n',
        'net/main.tf': 'variable "cidr" {}\n',
        'env/dev.tfvars': 'size = "small"\n',
        'env/prod.tfvars': '# large\nsize = "large"\n',
      },
    });
    const out = await initAndCheck();

    expect(repository.configuration()).toEqual({ application: 'shop' });
    expect(repository.text('headgate.yml')).toContain('#         var-files: [env/prod.tfvars]');
    expect(repository.text('headgate.yml')).toContain(
      '#         secret-variables: { token: { secret: TOKEN } }',
    );
    expect(repository.text('headgate.yml')).toContain(
      '#         backend-config: { key: { var: STATE_KEY }, region: { var: STATE_REGION } }',
    );
    expect(out).toMatch(/terraform in \., backend s3 +a comment +dev\.tfvars, prod\.tfvars/);
    expect(out).toContain('terraform-plan-apply');
  });

  it('builds machine images where there are only Packer templates', async () => {
    open({
      files: {
        'images/base/base.pkr.hcl':
          'variable "region" {}\nvariable "token" { sensitive = true }\nsource "amazon-ebs" "base" {}\nbuild {\n  sources = ["source.amazon-ebs.base"]\n}\n',
        'old/packer.json': '{"builders": [{"type": "docker"}], "variables": {"name": null, "size": "1"}}',
      },
    });
    const out = await initAndCheck();

    expect(repository.configuration()).toEqual({
      application: 'shop',
      'machine-images': {
        base: {
          directory: 'images/base',
          variables: { region: { var: 'REGION' } },
          secrets: { token: { secret: 'TOKEN' } },
          builders: ['amazon-ebs.base'],
        },
        packer: {
          directory: 'old',
          template: 'packer.json',
          variables: { name: { var: 'NAME' } },
          environment: ['DOCKER_HOST'],
        },
      },
    });
    expect(out).toContain('post-processor "manifest"');
  });

  it('writes nothing where there is nothing to deliver', async () => {
    open({ files: { 'README.md': '# Notes\n' } });
    const { code, errors } = await repository.init();

    expect(code).toBe(2);
    expect(errors).toContain('has no Dockerfile, no Packer template and no Terraform');
    expect(repository.git('status', '--short')).toBe('');
  });

  it('passes over what headgate.yml could not name', async () => {
    open({ files: { Dockerfile: 'FROM scratch\n', 'a\nb/x.pkr.hcl': 'build {}\n', 'c\\d/main.tf': '' } });
    await initAndCheck();

    expect(Object.keys(repository.configuration())).toEqual(['application', 'registry', 'images']);
  });

  it('works in a folder without git', async () => {
    open(node);
    rmSync(join(repository.directory, '.git'), { recursive: true });
    const out = await initAndCheck();

    expect(out).toMatch(/no branches +nothing +the defaults/);
  });

  it('says so in a folder inside another repository', async () => {
    open(node);
    repository.write({ 'apps/web/Dockerfile': 'FROM scratch\n' });
    const { code, out } = await repository.init('apps/web', '--dry-run');

    expect(code).toBe(0);
    expect(out).toContain('This folder lies inside another repository.');
  });
});

describe('a compose file to work with', () => {
  it('does not decide what ships, and what stands in the way of a roll-out is said', async () => {
    open({
      files: {
        Dockerfile:
          'FROM node AS base\nFROM base AS dev\nFROM base AS unit-test\nFROM base AS final\nEXPOSE 80\n',
        'compose.yaml':
          'services:\n  web:\n    build: {context: ., target: dev}\n    volumes: ["./src:/app"]\n    depends_on: [db]\n    container_name: web\n',
      },
    });
    const out = await initAndCheck();

    expect(repository.configuration()).toHaveProperty('images.shop.target', 'final');
    expect(repository.configuration()).toHaveProperty('images.shop.test-targets', ['unit-test']);
    expect(out).toContain('compose.yaml: remove container_name from `web`');
    expect(out).toContain('whether it takes depends_on of `web`');
    expect(out).toContain('`web` mounts folders of the repository over its image');
  });
});

describe('the branches of a repository', () => {
  it.each([
    [
      ['main', 'develop'],
      { production: 'main' },
      ['develop', 'main', 'feature/**', 'release/**', 'hotfix/**'],
    ],
    [
      ['main', 'dev', 'feat/a', 'releases/1.0.0'],
      { production: 'main', development: 'dev', feature: 'feat/', release: 'releases/' },
      ['dev', 'main', 'feat/**', 'releases/**', 'hotfix/**'],
    ],
    [['master', 'develop'], undefined, ['develop', 'master', 'feature/**', 'release/**', 'hotfix/**']],
    [['live'], { production: 'live' }, ['develop', 'live', 'feature/**', 'release/**', 'hotfix/**']],
  ])('%j are what headgate.yml and the triggers speak of', async (branches, written, triggers) => {
    open({ ...node, branches });
    await initAndCheck();
    const { on } = parseYaml(repository.text('.github/workflows/delivery.yml'), {
      source: 'delivery.yml',
    }) as {
      on: { push: { branches: string[] }; pull_request: { branches: string[] } };
    };

    expect(repository.configuration()['branches']).toEqual(written);
    expect(on.push.branches).toEqual(triggers);
    expect(on.pull_request.branches).toEqual(triggers.slice(0, 2));
  });

  it('of a clone are those of origin', async () => {
    open({ ...node, branches: ['main', 'development'] });
    const clone = join(repository.directory, '..', 'clone');
    repository.git('clone', '-q', repository.directory, clone);
    const host = testHost({ directory: clone });

    expect(await run(['init'], host)).toBe(0);
    expect(readFileSync(join(clone, 'headgate.yml'), 'utf8')).toContain('development: development');
  });

  it('may be said', async () => {
    open(node);
    await initAndCheck('--production', 'stable', '--development', 'next');

    expect(repository.configuration()['branches']).toEqual({ production: 'stable', development: 'next' });
  });

  it('may not play two parts', async () => {
    open(node);
    const { code, errors } = await repository.init('--production', 'release/1');

    expect(code).toBe(2);
    expect(errors).toContain('(release/1) and `branches.release` (release/) overlap');
    expect(errors).toContain('Name other branches with --production and --development.');
    expect(repository.has('headgate.yml')).toBe(false);
  });
});

describe('files that are there', () => {
  it.each([['headgate.yml'], ['.github/workflows/delivery.yml']])(
    'such as %s are never replaced without --force, and then by name',
    async (path) => {
      open(node);
      repository.write({ [path]: 'mine\n' });
      const refused = await repository.init();

      expect(refused.code).toBe(2);
      expect(refused.errors).toContain(`${path} is there already; nothing was written`);
      expect(repository.git('status', '--short', '-uall')).toBe(`?? ${path}\n`);
      expect(await initAndCheck('--force')).toContain(`${path} replaced`);
    },
  );

  it('stay as they are when not all can be written', async () => {
    open(node);
    repository.write({ 'headgate.yml': 'mine\n' });
    // A folder where the second file would be prepared.
    mkdirSync(join(repository.directory, '.github/workflows/delivery.yml.headgate-new/x'), {
      recursive: true,
    });
    const { code, errors } = await repository.init('--force');

    expect(code).toBe(2);
    expect(errors).toContain('.github/workflows/delivery.yml cannot be written');
    expect(repository.text('headgate.yml')).toBe('mine\n');
    expect(readdirSync(repository.directory)).not.toContain('headgate.yml.headgate-new');
  });

  it('are not written through a link', async () => {
    open(node);
    mkdirSync(join(repository.directory, '..', 'elsewhere'));
    rmSync(join(repository.directory, '.github'), { recursive: true });
    symlinkSync('../elsewhere', join(repository.directory, '.github'));
    const { code, errors } = await repository.init('--force');

    expect(code).toBe(2);
    expect(errors).toContain('.github cannot be written: it is a link; nothing was changed');
    expect(repository.has('headgate.yml')).toBe(false);
  });
});

describe('on a terminal', () => {
  async function answer(lines: readonly string[], ...args: string[]): Promise<string> {
    const stdin = Object.assign(new PassThrough(), { isTTY: true });
    const host = testHost({ directory: repository.directory, stdin });
    let asked = 0;
    const stderr = host.stderr as unknown as PassThrough;
    stderr.on('data', (chunk: Buffer) => {
      if (!/\) $/.test(String(chunk))) return;
      stdin.write(`${lines[asked] ?? ''}\n`);
      asked += 1;
    });
    expect(await run(['init', ...args], host)).toBe(0);
    expect(asked).toBe(lines.length);
    return host.errors();
  }

  const open2 = {
    files: { Dockerfile: 'FROM scratch\n', 'compose.yaml': 'services: {web: {build: .}}\n' },
  };

  it('asks what cannot be seen, again after an answer that is none', async () => {
    open(open2);
    const asked = await answer(['many', '8000', '@ada, linus']);

    expect(asked).toContain('A number from 1 to 65535 was expected, "many" was found.');
    expect(repository.configuration()).toHaveProperty('environments.production.targets.web.port', 8000);
    expect(repository.configuration()).toHaveProperty(
      'environments.production.approval.groups.maintainers.members',
      ['ada', 'linus'],
    );
  });

  it('takes no answer for an answer', async () => {
    open(open2);
    await answer(['', '']);

    expect(repository.configuration()).toEqual({
      application: 'shop',
      registry: { host: { var: 'REGISTRY', default: 'ghcr.io' } },
      images: { shop: { context: '.' } },
    });
  });

  it('takes the end of the input for no answer to anything', async () => {
    open(open2);
    const stdin = Object.assign(new PassThrough(), { isTTY: true });
    stdin.end();

    expect(await run(['init'], testHost({ directory: repository.directory, stdin }))).toBe(0);
    expect(repository.configuration()).not.toHaveProperty('environments');
  });

  it('asks nothing that is known, or with --yes', async () => {
    open(node);
    expect(await answer([])).toBe('');
    repository.remove();
    open(open2);
    expect(await answer([], '--yes')).toBe('');
  });
});

describe("the sample's own files", () => {
  it('give nearly the headgate.yml that it has', async () => {
    const sample = new URL('../../../examples/shop', import.meta.url).pathname;
    open({ files: {}, branches: ['master', 'develop'], remote: 'git@github.com:octo/shop.git' });
    cpSync(sample, repository.directory, {
      recursive: true,
      filter: (path) => !/headgate\.yml$|\.github|node_modules/.test(path),
    });
    await initAndCheck('--approvers', 'ada,linus');
    const real = parseYaml(readFileSync(join(sample, 'headgate.yml'), 'utf8'), { source: 'sample' });
    const own = repository.configuration();

    expect(repository.text('.github/workflows/delivery.yml')).toBe(
      readFileSync(join(sample, '.github/workflows/delivery.yml'), 'utf8'),
    );
    const known = new Set(pathsOf(own));
    const missing = pathsOf(real).filter(
      (path) => !known.has(path) && known.has(path.replace(/\.?[^.]+$/, '')),
    );
    // What nobody can see: who logs in where, addresses, hosts, patience, tests after a deployment, who is told.
    expect(new Set(missing.map((path) => path.replace(/^environments\.[a-z]+/, 'environment')))).toEqual(
      new Set([
        'environment.approval.expires',
        'environment.approval.groups.engineering',
        'environment.approval.groups.operations',
        'environment.approval.interval',
        'environment.infrastructure.main.tool',
        'environment.targets.web.drain',
        'environment.targets.web.health.deadline',
        'environment.targets.web.health.interval',
        'environment.targets.web.hosts',
        'environment.targets.web.on-failure',
        'environment.targets.web.reach',
        'environment.targets.web.settle',
        'environment.targets.web.tests',
        'environment.targets.web.transport',
        'environment.targets.worker.health',
        'environment.targets.worker.hosts',
        'environment.url',
        'images.shop.file',
        'images.shop.network',
        'images.shop.repository',
        'machine-images.host.variables',
        'notifications',
        'registry.username',
      ]),
    );
    expect(pathsOf(own).filter((path) => !pathsOf(real).includes(path))).toEqual([
      'environments.integration.targets.web.vars',
      'environments.integration.targets.web.vars.ENVIRONMENT',
      ...['', '.compose', '.service', '.image', '.engine', '.vars', '.vars.ENVIRONMENT'].map(
        (key) => `environments.integration.targets.worker${key}`,
      ),
      'environments.staging.targets.worker.engine',
      'environments.production.targets.web.engine',
      'environments.production.targets.worker.engine',
      'environments.production.approval.groups.maintainers',
      'environments.production.approval.groups.maintainers.members',
      'environments.production.approval.groups.maintainers.quorum',
    ]);
  });
});

/** The paths of all keys, the root's as an empty one; nothing below a reference. */
function pathsOf(value: unknown, path = ''): readonly string[] {
  const isLeaf =
    typeof value !== 'object' ||
    value === null ||
    Array.isArray(value) ||
    'var' in value ||
    'secret' in value;
  if (isLeaf) return [path];
  const inner = Object.entries(value).flatMap(([key, item]) =>
    pathsOf(item, path === '' ? key : `${path}.${key}`),
  );
  return [path, ...inner];
}
