// The published workflows fall into none of the traps of reusable workflows: read as files, as GitHub reads them.
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { parseYaml } from '../packages/kit/src/yaml.js';
import { loadYaml } from '../packages/kit/src/yaml-loader.js';

type Values = Readonly<Record<string, unknown>>;

interface Job extends Values {
  readonly uses?: string;
  readonly needs?: string | readonly string[];
  readonly if?: string;
  readonly permissions?: Readonly<Record<string, string>>;
  readonly concurrency?: {
    readonly group: string;
    readonly queue?: string;
    readonly 'cancel-in-progress'?: unknown;
  };
  readonly strategy?: Values;
  readonly secrets?: unknown;
  readonly with?: Values;
  readonly steps?: readonly Values[];
}

interface Workflow {
  readonly on: {
    readonly workflow_call?: {
      readonly inputs?: Readonly<Record<string, { readonly type: string }>>;
      readonly outputs?: Readonly<Record<string, { readonly value: string }>>;
    };
  };
  readonly permissions?: unknown;
  readonly env?: unknown;
  readonly concurrency?: { readonly group: string };
  readonly jobs: Readonly<Record<string, Job>>;
}

await loadYaml();
const root = new URL('../', import.meta.url);
const read = (path: string): Workflow =>
  parseYaml(readFileSync(new URL(path, root), 'utf8'), { source: path }) as unknown as Workflow;
const names = readdirSync(new URL('.github/workflows/', root)).filter((name) => /^[^.].*\.yml$/.test(name));
const callees = new Map(names.map((name) => [name, read(`.github/workflows/${name}`)]));
const delivery = read('examples/shop/.github/workflows/delivery.yml');
const files: readonly (readonly [string, Workflow])[] = [...callees, ['delivery.yml', delivery]];
const jobs: readonly (readonly [string, string, Job, Workflow])[] = files.flatMap(([file, workflow]) =>
  Object.entries(workflow.jobs).map(([id, job]) => [file, id, job, workflow] as const),
);
const calls = jobs.filter(([, , job]) => job.uses !== undefined);

/** The workflow that a job calls. */
function calledBy({ uses = '' }: Job): Workflow {
  const name = /\/\.github\/workflows\/([^@/]+)(?:@.*)?$/.exec(uses)?.[1] ?? '';
  const found = callees.get(name);
  if (found === undefined) throw new Error(`nothing is called ${uses}`);
  return found;
}

const needsOf = ({ needs = [] }: Job): readonly string[] => (typeof needs === 'string' ? [needs] : needs);

describe('permissions', () => {
  const levels = ['none', 'read', 'write'];
  const level = (grants: Readonly<Record<string, string>> = {}, name: string): number =>
    levels.indexOf(grants[name] ?? 'none');

  it.each(files)('%s grants nothing at its top', (_, { permissions }) => {
    expect(permissions).toEqual({});
  });

  it.each(calls)('%s: the job %s grants all that the workflow it calls asks for', (_file, _id, job) => {
    const excess = Object.entries(calledBy(job).jobs).flatMap(([inner, { permissions = {} }]) =>
      Object.keys(permissions)
        .filter((name) => level(permissions, name) > level(job.permissions, name))
        .map((name) => `${inner}: ${name}`),
    );

    expect(excess).toEqual([]);
  });

  it.each(calls)('%s: the job %s grants nothing that no job below it asks for', (_file, _id, job) => {
    const inner = Object.values(calledBy(job).jobs).map(({ permissions = {} }) => permissions);
    const idle = Object.keys(job.permissions ?? {}).filter(
      (name) => level(job.permissions, name) > Math.max(...inner.map((grants) => level(grants, name))),
    );

    expect(idle).toEqual([]);
  });

  it.each(jobs)('%s: the job %s says what it may', (_file, _id, { permissions }) => {
    expect(permissions).toEqual(expect.any(Object));
  });
});

describe('what crosses a call', () => {
  it.each(calls)('%s: the job %s passes secrets by name, and none as an input', (_file, _id, job) => {
    expect(job.secrets).not.toBe('inherit');
    expect(JSON.stringify(job.with ?? {})).not.toMatch(/\bsecrets\s*[.[]/);
  });

  it.each(calls)('%s: the job %s has only keys that a call may have', (_file, _id, job) => {
    const allowed = [
      'name',
      'uses',
      'with',
      'secrets',
      'strategy',
      'needs',
      'if',
      'concurrency',
      'permissions',
    ];

    expect(Object.keys(job).filter((key) => !allowed.includes(key))).toEqual([]);
  });

  it.each(files)('%s has no env of its own, which would end at its edge', (_, { env }) => {
    expect(env).toBeUndefined();
  });

  it.each([...callees])('%s takes text, numbers and booleans', (_, { on }) => {
    const types = Object.values(on.workflow_call?.inputs ?? {}).map(({ type }) => type);

    expect(types.filter((type) => !['string', 'number', 'boolean'].includes(type))).toEqual([]);
  });

  it.each([...callees])(
    '%s never reads an output of a matrix: the last leg alone would count',
    (_, workflow) => {
      const matrices = Object.entries(workflow.jobs).filter(([, { strategy }]) => strategy !== undefined);
      const text = JSON.stringify([workflow.on.workflow_call?.outputs ?? {}, workflow.jobs]);
      const read = matrices.filter(
        ([id]) => text.includes(`needs.${id}.outputs.`) || text.includes(`jobs.${id}.outputs.`),
      );

      expect(read.map(([id]) => id)).toEqual([]);
    },
  );

  it('every sibling is named by $/, the commit of the file itself, and everything else by a commit', () => {
    const used = [...callees.values()].flatMap(({ jobs: all }) =>
      Object.values(all).flatMap((job) => [job.uses, ...(job.steps ?? []).map(({ uses }) => uses)]),
    );
    const others = used.filter((uses) => typeof uses === 'string' && !/^\$\/|@[0-9a-f]{40}$/.test(uses));

    expect(others).toEqual([]);
  });
});

describe('concurrency', () => {
  const groups = jobs.flatMap(([file, id, { concurrency }]) =>
    concurrency === undefined ? [] : [[file, id, concurrency] as const],
  );

  it.each([...callees])('%s has no group of its own: it would be the run’s', (_, { concurrency }) => {
    expect(concurrency).toBeUndefined();
  });

  it.each(groups)(
    '%s: the group of %s begins with a word of its own, keeps who waits and cancels nobody',
    (_file, _id, concurrency) => {
      expect(concurrency.group).toMatch(/^headgate-/);
      expect(concurrency.group).not.toContain('github.workflow');
      expect(concurrency).toMatchObject({ queue: 'max' });
      expect(concurrency['cancel-in-progress'] ?? false).toBe(false);
    },
  );

  it('no group is held twice on one way down, nor by the caller', () => {
    const prefix = (group: string): string => group.replace(/\$\{\{.*$/, '');
    const clashes: string[] = [];
    const walk = (workflow: Workflow, held: readonly string[]): void => {
      for (const job of Object.values(workflow.jobs)) {
        const own = job.concurrency === undefined ? [] : [prefix(job.concurrency.group)];
        clashes.push(...own.filter((group) => held.includes(group)));
        if (job.uses !== undefined) walk(calledBy(job), [...held, ...own]);
      }
    };
    walk(delivery, [prefix(delivery.concurrency?.group ?? '')]);

    expect(clashes).toEqual([]);
  });
});

describe('skipping', () => {
  const guard = /!cancelled\(\)|always\(\)/;

  it('every job behind more than one other says when it runs in spite of a skipped one', () => {
    const unguarded = jobs
      .filter(([, , job]) => needsOf(job).length > 1 && !guard.test(job.if ?? ''))
      .map(([file, id]) => `${file}: ${id}`);

    expect(unguarded).toEqual([]);
  });

  it('every job behind one that may be skipped for a reason of its own says so, or goes with it', () => {
    const optional = (workflow: Workflow, id: string): boolean => {
      const job = workflow.jobs[id];
      return (
        job?.if !== undefined || (job !== undefined && needsOf(job).some((need) => optional(workflow, need)))
      );
    };
    const goesWith = jobs
      .filter(([, , job, workflow]) => needsOf(job).some((need) => optional(workflow, need)))
      .filter(([, , job]) => !guard.test(job.if ?? ''))
      .map(([file, id, job]) => `${file}: ${id} goes with ${needsOf(job).join()}`);

    expect(goesWith).toEqual(['finish.yml: draft goes with tag', 'finish.yml: back-merge goes with tag']);
  });

  it('the one required check always reports: it needs every other job, and its caller is never skipped where it is required', () => {
    const { jobs: all } = callees.get('git-flow.yml') as Workflow;
    // A full preview host keeps nobody from merging.
    const { result, preview: _unwaited, ...others } = all;

    expect(result).toMatchObject({ if: expect.stringContaining('always()') });
    expect(new Set(needsOf(result as Job))).toEqual(new Set(Object.keys(others)));
    expect(delivery.jobs).toMatchObject({ flow: { if: `\${{ github.event_name != 'issue_comment' }}` } });
  });

  it('a pull request and its place in a merge queue have one name of that check', () => {
    const name = String(callees.get('git-flow.yml')?.jobs['result']?.['name']);

    expect(name).toBe(
      `result (\${{ github.event_name == 'merge_group' && 'pull_request' || github.event_name }})`,
    );
    expect(Object.keys(delivery.on)).toEqual(expect.arrayContaining(['pull_request', 'merge_group']));
  });
});

describe('what a stage hands on', () => {
  // Goes on with another workflow's run; it is no stage and has no record.
  const stages = [...callees].filter(([file]) => file !== 'resume.yml');

  it.each(stages)('%s: its result, and where its record is', (_file, workflow) => {
    const outputs = Object.keys(workflow.on.workflow_call?.outputs ?? {});

    expect(outputs).toEqual(expect.arrayContaining(['result', 'record-artifact-id', 'record-digest']));
  });
});

describe('time', () => {
  it('every job that runs steps has an end', () => {
    const endless = jobs.filter(
      ([, , job]) => job.steps !== undefined && job['timeout-minutes'] === undefined,
    );

    expect(endless.map(([file, id]) => `${file}: ${id}`)).toEqual([]);
  });
});
