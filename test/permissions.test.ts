// Every job has the permissions that its steps need and no others; callers grant that sum; the documentation says the same.
import { describe, expect, it } from '@jest/globals';
import { parseYaml } from '../packages/kit/src/yaml.js';
import {
  actionOf,
  allJobs,
  callable,
  calledBy,
  delivery,
  type Grants,
  type Job,
  type Level,
  packageNames,
  readText,
  type Step,
  type Workflow,
} from './workflow-tree.js';

interface Need {
  readonly permission: string;
  readonly level: Level;
  /** Empty for all. */
  readonly modes: readonly string[];
  /** Inputs without which it is not needed. */
  readonly inputs: readonly string[];
}

const row = /^\| `([a-z-]+): (read|write)` \|(.*)\|$/;

/** What the table under `## Permissions` of a package's README says. */
function documented(name: string): readonly Need[] {
  const [, after = ''] = readText(`packages/${name}/README.md`).split('## Permissions\n');
  const [section = ''] = after.split('\n## ');
  return section.split('\n').flatMap((line) => {
    const [, permission = '', level, rest = ''] = row.exec(line) ?? [];
    if (permission === '') return [];
    const cells = rest.split('|').map((cell) => cell.trim());
    const reason = cells.at(-1) ?? '';
    return [
      {
        permission,
        level: level as Level,
        modes: cells.length > 1 ? (cells[0] ?? '').split(', ') : [],
        inputs: [...reason.matchAll(/`([a-z-]+)`/g)].map(([, input]) => input ?? ''),
      },
    ];
  });
}

function needsOf(step: Step): readonly Need[] {
  const action = actionOf(step);
  if (step.uses?.startsWith('actions/checkout@') === true)
    return [{ permission: 'contents', level: 'read', modes: [], inputs: [] }];
  if (action === null) return [];
  return documented(action.name).filter(({ modes }) => modes.length === 0 || modes.includes(action.mode));
}

/** Settings carry inputs too: only what a step could be given and is not makes a permission needless. */
function isNeeded({ inputs }: Need, step: Step): boolean {
  const given = Object.keys(step.with ?? {});
  return inputs.length === 0 || inputs.some((input) => given.includes(input));
}

function atLeast(grants: Grants, permission: string, level: Level): boolean {
  return grants[permission] === 'write' || grants[permission] === level;
}

function sum(all: readonly Grants[]): Grants {
  const total: Record<string, Level> = {};
  for (const [permission, level] of all.flatMap((each) => Object.entries(each)))
    if (total[permission] !== 'write') total[permission] = level;
  return Object.fromEntries(Object.entries(total).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** What a workflow must be granted: GitHub refuses to start it with less, also for jobs that would be skipped. */
function demandOf({ jobs }: Workflow): Grants {
  return sum(
    Object.values(jobs).map((job) => {
      const called = calledBy(job);
      return called === null ? (job.permissions ?? {}) : demandOf(called);
    }),
  );
}

const documents = ['README.md', 'docs/guide.md', ...packageNames.map((name) => `packages/${name}/README.md`)];

/** Jobs with steps and permissions in the YAML that a document shows, their actions as the workflows write them. */
function exampleJobs(path: string): readonly Job[] {
  const blocks = [...readText(path).matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, text = '']) => text);
  return blocks
    .filter((text) => /^ {4}permissions:$/m.test(text) && /^ {4}steps:$/m.test(text))
    .flatMap((text) => {
      const shown = text.replace(/uses: \S+\/(packages\/[a-z-]+)@\S+/g, 'uses: $$/$1');
      return Object.values((parseYaml(shown, { source: path }) as { jobs: Record<string, Job> }).jobs);
    });
}

/** Where what is granted and what is needed differ, a sentence each. */
function differences(where: string, job: Job): readonly string[] {
  const { steps = [], permissions = {} } = job;
  const needs = steps.flatMap((step) => needsOf(step).map((need) => ({ need, step })));
  const missing = needs
    .filter(({ need, step }) => isNeeded(need, step) && !atLeast(permissions, need.permission, need.level))
    .map(({ need, step }) => `${where}: ${step.name} needs ${need.permission}: ${need.level}`);
  const needless = Object.entries(permissions)
    .filter(
      ([permission, level]) =>
        !needs.some(({ need }) => need.permission === permission && need.level === level),
    )
    .map(([permission, level]) => `${where}: no step is documented to need ${permission}: ${level}`);
  return [...missing, ...needless];
}

describe('the permissions of the workflows', () => {
  it('begin at none, and every job says its own', () => {
    for (const { name, permissions, jobs } of [...callable.values(), delivery]) {
      expect([name, permissions]).toEqual([name, {}]);
      for (const [id, job] of Object.entries(jobs))
        expect([name, id, typeof job.permissions]).toEqual([name, id, 'object']);
    }
  });

  it('of each job are those that the READMEs of its actions list, not less and not more', () => {
    const jobs = allJobs().filter(([, job]) => job.steps !== undefined);

    expect(jobs.length).toBeGreaterThan(15);
    expect(jobs.flatMap(([where, job]) => differences(where, job))).toEqual([]);
  });

  it('of each call are what the called workflow demands, not less and not more', () => {
    const calls = [...allJobs(), ...Object.entries(delivery.jobs)].flatMap(([where, job]) => {
      const called = calledBy(job);
      return called === null
        ? []
        : [{ where, grants: sum([job.permissions ?? {}]), demand: demandOf(called) }];
    });

    expect(calls.length).toBeGreaterThan(6);
    for (const { where, grants, demand } of calls) expect([where, grants]).toEqual([where, demand]);
  });

  it('that people copy from the README are those of the sample, each with its reason', () => {
    const [, after = ''] = readText('README.md').split('<!-- delivery:start -->');
    const [shown = ''] = after.split('<!-- delivery:end -->');

    expect(shown).toContain(delivery.text.trim());
    const grants = delivery.text.split('\n').filter((line) => /^ {6}[a-z-]+: (?:read|write)\b/.test(line));
    expect(grants.length).toBeGreaterThan(6);
    for (const line of grants) expect(line).toMatch(/ # \S+/);
  });

  it('of the examples in the documentation are those of their actions too', () => {
    const examples = documents.flatMap((path) => exampleJobs(path).map((job) => [path, job] as const));

    expect(examples.length).toBeGreaterThan(1);
    expect(examples.flatMap(([path, job]) => differences(path, job))).toEqual([]);
  });

  it('have a reason each, except reading the sources', () => {
    const bare = [...callable.values()].flatMap(({ name, text }) =>
      text
        .split('\n')
        .filter((line) => /^ {6}[a-z-]+: (?:read|write)$/.test(line) && !/contents: read/.test(line))
        .map((line) => `${name}: ${line.trim()}`),
    );

    expect(bare).toEqual([]);
  });
});

describe('the check itself', () => {
  const step = { name: 'Tag', uses: '$/packages/git-flow', with: { mode: 'tag' } };
  const enough = { actions: 'read', contents: 'write', packages: 'write' } as const;

  it.each<[string, Job, readonly string[]]>([
    ['enough', { permissions: enough, steps: [step] }, []],
    [
      'too little',
      { permissions: { ...enough, contents: 'read' }, steps: [step] },
      ['x: Tag needs contents: write', 'x: no step is documented to need contents: read'],
    ],
    [
      'too much',
      { permissions: { ...enough, issues: 'write' }, steps: [step] },
      ['x: no step is documented to need issues: write'],
    ],
    [
      'what an input alone would need',
      { permissions: {}, steps: [{ name: 'n', uses: '$/packages/notify' }] },
      [],
    ],
    [
      'the same with that input',
      {
        permissions: {},
        steps: [{ name: 'n', uses: '$/packages/notify', with: { 'record-artifact-id': '1' } }],
      },
      ['x: n needs actions: read'],
    ],
  ])('finds %s', (_, job, found) => {
    expect(differences('x', job)).toEqual(found);
  });
});
