// Repositories are written by strangers: whatever lies in one, `headgate init` ends with files that are valid and mean
// what was read, or with a refusal.
import { checkConfiguration } from '@headgate/configuration/read';
import { isBranchName } from '@headgate/configuration/schema-values';
import { parseYaml } from '@headgate/kit/yaml';
import { matchesPatterns } from '@headgate/rehearsal/engine/pattern';
import { readWorkflowFile } from '@headgate/rehearsal/engine/workflow-file';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { chooseBranches, usualBranches } from '../src/init/branch-names.js';
import { readCompose } from '../src/init/compose.js';
import { deliveryText } from '../src/init/delivery-text.js';
import { readDockerfile } from '../src/init/dockerfile.js';
import { draftConfiguration } from '../src/init/draft.js';
import { readRemote } from '../src/init/git-facts.js';
import { blocksOf, type HclBlock, plainText, plainTexts, readHcl } from '../src/init/hcl.js';
import type { RepositoryFiles } from '../src/init/repository-files.js';
import { findingLines } from '../src/init/show.js';
import { surveyFiles } from '../src/init/survey.js';

const evil = [
  'a: b',
  '"',
  "'",
  '\n',
  '\r\n',
  '\\',
  `\${X}`,
  `\${{ x }}`,
  '# ',
  '}',
  '{',
  '\u2028',
  '\u0085',
  '\u202e',
  '..',
  '/',
];
const word = fc.oneof(
  fc.constantFrom(...evil, '__proto__', 'web', 'test', '-x', 'Ünïcode'),
  fc.string({ maxLength: 12 }),
);
const line = (...starts: readonly string[]): fc.Arbitrary<string> =>
  fc
    .tuple(fc.constantFrom(...starts), fc.array(word, { maxLength: 4 }))
    .map(([start, words]) => `${start} ${words.join(' ')}`);
const lines = (each: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc.array(each, { maxLength: 12 }).map((all) => all.join('\n'));

const dockerfile = lines(
  fc.oneof(
    line(
      'FROM',
      'FROM scratch AS',
      'FROM node AS test',
      'ARG',
      'ARG A=',
      'EXPOSE',
      'COPY',
      'COPY --from=test',
      'HEALTHCHECK CMD curl http://localhost:1/',
      'RUN --mount=type=secret,id=',
      '#',
      'RUN <<E',
    ),
    word,
  ),
);
const scalar = fc.oneof(word, fc.integer(), fc.boolean(), fc.constant(null));
const anything = fc.oneof(
  scalar,
  fc.array(scalar, { maxLength: 3 }),
  fc.dictionary(word, scalar, { maxKeys: 3 }),
);
const service = fc.oneof(
  anything,
  fc.record(
    {
      build: fc.oneof(
        anything,
        fc.constantFrom('.', '..', './api', '/etc'),
        fc.record({ context: word, dockerfile: word, target: word }),
      ),
      image: fc.oneof(word, fc.constant('shop')),
      ports: fc.oneof(
        anything,
        fc.array(fc.constantFrom('80:8080', '1-2:3', ':', '99999'), { maxLength: 2 }),
      ),
      expose: anything,
      environment: anything,
      healthcheck: fc.record({ test: anything }),
      deploy: fc.record({ replicas: anything }),
    },
    { requiredKeys: [] },
  ),
);
const compose = fc.oneof(
  fc
    .record({ services: fc.dictionary(word, service, { maxKeys: 4 }), name: anything })
    .map((value) => JSON.stringify(value)),
  lines(word),
);
const hcl = lines(
  fc.oneof(
    line(
      'variable "a" {',
      'variable',
      'terraform {',
      'backend "s3" {',
      'source "docker" "x" {',
      'build {',
      'sources = [',
      'post-processor "manifest" {',
      'output =',
      '}',
      'module "m" {',
      'source = "./',
      'default =',
      'sensitive = true',
      '/*',
      '<<E',
    ),
    word,
  ),
);
const fileName = (...names: readonly string[]): fc.Arbitrary<string> =>
  fc
    .tuple(
      fc.array(fc.oneof(word, fc.constantFrom('api', 'staging', 'a b')), { maxLength: 2 }),
      fc.constantFrom(...names),
    )
    .map(([folders, name]) => [...folders, name].join('/'));
const file = fc.oneof(
  fc.tuple(fileName('Dockerfile', 'Dockerfile.web', 'web.Dockerfile'), dockerfile),
  fc.tuple(fc.oneof(fc.constant('compose.yaml'), fileName('docker-compose.yml')), compose),
  fc.tuple(fileName('main.tf', 'x.tofu', 'prod.tfvars', 'terraform.tfvars'), hcl),
  fc.tuple(fileName('x.pkr.hcl', 'packer.json', 'smoke.sh'), fc.oneof(hcl, compose)),
  fc.tuple(fc.constant('.github/CODEOWNERS'), lines(line('*', '@ada', '* @'))),
  fc.tuple(
    fc.constant('package.json'),
    fc.oneof(
      lines(word),
      fc.record({ name: anything }).map((value) => JSON.stringify(value)),
    ),
  ),
);

/** Git's paths have no empty parts, and none that lead up. */
const isPath = (path: string): boolean =>
  !path.includes('\0') && path.split('/').every((part) => part !== '' && part !== '.' && part !== '..');

function filesOf(files: ReadonlyMap<string, string>): RepositoryFiles {
  return {
    paths: [...files.keys()].sort((a, b) => (a < b ? -1 : 1)),
    read: async (path) => files.get(path) ?? null,
  };
}

const branch = fc
  .oneof(
    word,
    fc.constantFrom('main', 'feat/x', 'c++', "it's", 'a{b}c', '!x', 'rel/1'),
    fc.array(word, { minLength: 1, maxLength: 3 }).map((parts) => parts.join('/')),
  )
  .filter(isBranchName);

describe('init of any repository', () => {
  it('writes a headgate.yml that is valid and means what was read', async () => {
    const repository = fc.record({
      files: fc.array(file, { maxLength: 6 }),
      folder: word,
      branches: fc.array(branch, { maxLength: 4 }),
      remote: fc.option(fc.constant({ host: 'github.com', owner: 'Acme', name: 'Shop_1' })),
      approvers: fc.constantFrom([], ['ada'], ['ada', 'linus']),
    });
    await fc.assert(
      fc.asyncProperty(repository, async ({ files, folder, branches, remote, approvers }) => {
        const all = new Map(files.filter(([path]) => isPath(path)));
        const git = { branches, defaultBranch: branches[0] ?? null, remote, above: null };
        const survey = await surveyFiles(filesOf(all), { git, folder, given: {} });
        const ports = new Map(survey.services.map(({ name }, index) => [name, index + 1] as const));
        const draft = draftConfiguration(survey, { ports, approvers });
        const paths = [...all.keys()];
        const reading = checkConfiguration(draft.text, 'headgate.yml', {
          exists: (path) =>
            path === '.' || paths.some((each) => each === path || each.startsWith(`${path}/`)),
          read: (path) => all.get(path) ?? null,
        });

        expect(reading.ok ? [] : reading.problems).toEqual([]);
        expect(JSON.stringify(parseYaml(draft.text, { source: 'headgate.yml' }))).toBe(
          JSON.stringify(draft.value),
        );
        expect(findingLines(draft.rows).join('')).not.toMatch(/[\n\r\u2028\u202e\u0085]/);
      }),
      { numRuns: 400 },
    );
  });

  it('reads any text as a Dockerfile, a compose file or HCL', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), dockerfile, compose, hcl), (text) => {
        for (const { name } of readDockerfile(text).stages)
          if (name !== null) expect(name).toMatch(/^[a-z][a-z0-9_.-]*$/);
        for (const { port } of readCompose(text)?.services ?? [])
          if (port !== null) expect(port).toBeLessThan(65_536);
        expect(readHcl(text).type).toBe('');
      }),
    );
  });
});

describe('HCL', () => {
  const name = fc.stringMatching(/^[a-z_][a-z0-9_-]{0,8}$/);
  const text = fc
    .oneof(word, fc.constantFrom('}', '"', '//', '#', '<<E'))
    .map((value) => value.replace(/[$%\r\n]/g, ''));
  const written = fc.letrec<{ block: HclBlock }>((tie) => ({
    block: fc.record({
      type: name,
      labels: fc.array(text, { maxLength: 2 }),
      attributes: fc
        .uniqueArray(fc.tuple(name, text), { maxLength: 3, selector: ([key]) => key })
        .map((pairs) => new Map(pairs)),
      blocks: fc.oneof({ maxDepth: 3 }, fc.constant([]), fc.array(tie('block'), { maxLength: 2 })),
    }),
  })).block;
  const quote = (value: string): string => `"${value.replace(/[\\"]/g, '\\$&')}"`;
  const print = ({ type, labels, attributes, blocks }: HclBlock): string => {
    const inner = [...attributes].map(([key, value]) => `${key} = ${quote(value)} # } "`);
    return `${[type, ...labels.map(quote)].join(' ')} {\n${[...inner, ...blocks.map(print)].join('\n')}\n}`;
  };
  const plain = ({ type, labels, attributes, blocks }: HclBlock): unknown => ({
    type,
    labels,
    attributes: [...attributes].map(([key, value]) => [key, plainText(value)]),
    blocks: blocks.map(plain),
  });
  const meant = ({ type, labels, attributes, blocks }: HclBlock): unknown => ({
    type,
    labels,
    attributes: [...attributes],
    blocks: blocks.map(meant),
  });

  it('is read as it was written, whatever its texts hold', () => {
    fc.assert(
      fc.property(fc.array(written, { maxLength: 3 }), (blocks) => {
        expect(readHcl(blocks.map(print).join('\n')).blocks.map(plain)).toEqual(blocks.map(meant));
      }),
    );
  });

  it.each([
    ['x = <<EOT\n}\nvariable "no" {}\nEOT\nvariable "yes" {}\n', ['yes']],
    ['/* variable "no" {} */ variable "yes" {}', ['yes']],
    ['a = {\n b = "}"\n}\nvariable "yes" { default = [\n1,\n2 ]\n}\n', ['yes']],
    ['}\nvariable "yes" {}', ['yes']],
  ])('%j has the variables %j', (source, names) => {
    expect(blocksOf(readHcl(source), 'variable').map(({ labels }) => labels[0])).toEqual(names);
  });

  it.each([
    ['["a", "b"]', ['a', 'b']],
    ['[\n  "a", # one\n]', ['a']],
    ['[]', []],
    ['[local.a]', null],
    [`["\${var.a}"]`, null],
    [undefined, null],
  ])('the list %j holds the texts %j', (source, texts) => {
    expect(plainTexts(source)).toEqual(texts);
  });
});

describe('delivery.yml', () => {
  const names = fc.record({
    production: branch,
    development: branch,
    feature: branch.map((name) => `${name}/`),
    release: branch.map((name) => `${name}/`),
    hotfix: branch.map((name) => `${name}/`),
    support: fc.constant('support/'),
  });

  it("is a workflow that GitHub's parser takes, and that starts on the repository's own branches", async () => {
    await fc.assert(
      fc.asyncProperty(names, async (own) => {
        const workflow = await readWorkflowFile(
          {
            repository: 'acme/shop',
            ref: 'refs/heads/x',
            sha: 'a'.repeat(40),
            path: '.github/workflows/delivery.yml',
          },
          deliveryText(own),
        );
        const push = workflow.triggers.find(({ event }) => event === 'push')?.filters['branches'] ?? [];

        for (const name of [own.production, own.development]) expect(matchesPatterns(push, name)).toBe(true);
        for (const prefix of [own.feature, own.release, own.hotfix]) {
          expect(matchesPatterns(push, `${prefix}1.0.0/x`)).toBe(true);
        }
        expect(matchesPatterns(push, 'never-named-so')).toBe(false);
      }),
    );
  });

  it("names the repository's branches wherever the sample names its own", () => {
    const own = {
      production: 'P',
      development: 'D',
      feature: 'F/',
      release: 'R/',
      hotfix: 'H/',
      support: 'S/',
    };
    const code = deliveryText(own)
      .split('\n')
      .map((text) => text.replace(/(?:^| )#.*$/, ''))
      .join('\n');

    for (const name of Object.values(usualBranches))
      expect(code).not.toMatch(new RegExp(`(?:heads/|[["', ])${name}`));
  });
});

describe('what git says', () => {
  it.each([
    ['git@github.com:acme/shop.git', 'github.com', 'acme', 'shop'],
    ['https://github.com/acme/shop', 'github.com', 'acme', 'shop'],
    ['https://token@ghe.example.com:8443/acme/shop.js.git/', 'ghe.example.com', 'acme', 'shop.js'],
    ['ssh://git@github.com/acme/shop.git', 'github.com', 'acme', 'shop'],
  ])('%s is %s %s/%s', (url, host, owner, name) => {
    expect(readRemote(url)).toEqual({ host, owner, name });
  });

  it.each(['', '/srv/git/shop.git', '../shop', 'https://example.com/a/b/c', 'file:///srv/shop'])(
    '%j is no remote',
    (url) => {
      expect(readRemote(url)).toBeNull();
    },
  );

  it('gives each part of the flow one branch, whatever there is', () => {
    fc.assert(
      fc.property(fc.array(branch, { maxLength: 6 }), (branches) => {
        const { names } = chooseBranches({ branches, defaultBranch: branches[0] ?? null, given: {} });

        expect(new Set(Object.values(names)).size).toBe(6);
      }),
    );
  });
});
