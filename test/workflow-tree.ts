// The callable workflows as data: their jobs, what these grant, use and call.
import { readdirSync, readFileSync } from 'node:fs';
import { parseYaml } from '../packages/kit/src/yaml.js';

export type Level = 'read' | 'write';
export type Grants = Readonly<Record<string, Level>>;

export interface Step {
  readonly name?: string;
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}

export interface Job {
  readonly permissions?: Grants;
  readonly uses?: string;
  readonly secrets?: Readonly<Record<string, string>> | string;
  readonly steps?: readonly Step[];
  readonly [member: string]: unknown;
}

export interface Workflow {
  /** `deploy` */
  readonly name: string;
  readonly text: string;
  readonly permissions: unknown;
  readonly jobs: Readonly<Record<string, Job>>;
  /** Secrets that it declares, with what it says of them. */
  readonly secrets: Readonly<Record<string, { readonly required?: boolean }>>;
}

const root = new URL('../', import.meta.url);

export function readText(path: string): string {
  return readFileSync(new URL(path, root), 'utf8');
}

export function readWorkflow(path: string): Workflow {
  const text = readText(path);
  const document = parseYaml(text, { source: path }) as {
    permissions?: unknown;
    jobs: Workflow['jobs'];
    on: { workflow_call?: { secrets?: Workflow['secrets'] } | null };
  };
  const name = path.split('/').at(-1)?.replace('.yml', '') ?? '';
  const { permissions, jobs, on } = document;
  return { name, text, permissions, jobs, secrets: on.workflow_call?.secrets ?? {} };
}

/** Packages that are an action. */
export const packageNames: readonly string[] = readdirSync(new URL('packages/', root)).filter((name) =>
  readdirSync(new URL(`packages/${name}/`, root)).includes('action.yml'),
);

/** All that can be called, by name. */
export const callable: ReadonlyMap<string, Workflow> = new Map(
  readdirSync(new URL('workflows/', root))
    .filter((file) => file.endsWith('.yml'))
    .map((file) => readWorkflow(`workflows/${file}`))
    .map((workflow) => [workflow.name, workflow]),
);

/** The caller's file, as the README shows it. */
export const delivery = readWorkflow('examples/shop/.github/workflows/delivery.yml');

/** The workflow that a job calls; null for a job with steps. */
export function calledBy({ uses }: Job): Workflow | null {
  const name = /\.github\/workflows\/([a-z-]+)\.yml(?:@.*)?$/.exec(uses ?? '')?.[1];
  return name === undefined ? null : (callable.get(name) ?? null);
}

/** The package that a step runs, and its mode; null for a step of others. */
export function actionOf({
  uses,
  with: inputs,
}: Step): { readonly name: string; readonly mode: string } | null {
  const name = /^\$\/packages\/([a-z-]+)$/.exec(uses ?? '')?.[1];
  return name === undefined ? null : { name, mode: String(inputs?.['mode'] ?? '') };
}

/** Jobs of all callable workflows, as `deploy / plan`. */
export function allJobs(): readonly (readonly [string, Job])[] {
  return [...callable.values()].flatMap(({ name, jobs }) =>
    Object.entries(jobs).map(([id, job]) => [`${name} / ${id}`, job] as const),
  );
}
