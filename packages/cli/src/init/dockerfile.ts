// What a Dockerfile says of the image it builds: which stage ships, which tests it, what it wants, where it listens. Total.
import { anyInstructions } from '@headgate/dockerfile/any-instructions';

export interface DockerStage {
  /** Lower-cased; null for one without a name that headgate.yml could use. */
  readonly name: string | null;
  readonly base: string;
  /** Instructions after FROM. */
  readonly instructions: readonly { readonly keyword: string; readonly rest: string }[];
}

export interface Dockerfile {
  readonly stages: readonly DockerStage[];
  /** ARG before the first FROM: what the stages start from. */
  readonly bases: readonly { readonly name: string; readonly value: string }[];
  /** `--mount=type=secret` of RUN. */
  readonly secrets: readonly { readonly id: string; readonly required: boolean }[];
  /** Stages that are empty, and so stand for a build context of their name. */
  readonly placeholders: readonly string[];
  /** Sources of COPY and ADD in the build context. */
  readonly sources: readonly string[];
}

const stageName = /^[A-Za-z][A-Za-z0-9_.-]*$/;
const from = /^(?:--\S+\s+)*(\S+)(?:\s+AS\s+(\S+))?\s*$/i;

export function readDockerfile(text: string): Dockerfile {
  const stages: (DockerStage & { instructions: { keyword: string; rest: string }[] })[] = [];
  const bases = new Map<string, string>();
  for (const { text: instruction } of anyInstructions(text)) {
    const [, word = '', rest = ''] = /^\s*(\S+)\s*(.*)$/s.exec(instruction) ?? [];
    const keyword = word.toUpperCase();
    if (keyword === 'FROM') {
      const [, base = '', name = ''] = from.exec(rest) ?? [];
      const usable = stageName.test(name) ? name.toLowerCase() : null;
      stages.push({ name: usable, base: base.toLowerCase(), instructions: [] });
    } else if (stages.length > 0) stages.at(-1)?.instructions.push({ keyword, rest });
    else if (keyword === 'ARG') addBase(bases, rest);
  }
  const all = stages.flatMap(({ instructions }) => instructions);
  return {
    stages,
    bases: [...bases].map(([name, value]) => ({ name, value })),
    secrets: secretsOf(all),
    placeholders: placeholdersOf(stages),
    sources: all.flatMap(sourcesOf),
  };
}

function addBase(bases: Map<string, string>, rest: string): void {
  for (const [, name = '', quoted, bare] of rest.matchAll(/([A-Za-z_]\w*)=(?:"([^"\\$]*)"|([^\s"'\\$]+))/g)) {
    bases.set(name, quoted ?? bare ?? '');
  }
}

interface Instruction {
  readonly keyword: string;
  readonly rest: string;
}

function secretsOf(instructions: readonly Instruction[]): Dockerfile['secrets'] {
  const found = new Map<string, boolean>();
  for (const { keyword, rest } of instructions) {
    if (keyword !== 'RUN') continue;
    for (const [, options = ''] of rest.matchAll(/--mount=(\S+)/g)) {
      const pairs = new Map(options.split(',').map((pair) => pairOf(pair)));
      const target = pairs.get('target') ?? pairs.get('dst') ?? pairs.get('destination') ?? '';
      const id = pairs.get('id') ?? target.split('/').at(-1) ?? '';
      if (pairs.get('type') !== 'secret' || !/^[A-Za-z_][A-Za-z0-9_-]*$/.test(id)) continue;
      const required = pairs.has('required') && pairs.get('required') !== 'false';
      found.set(id, (found.get(id) ?? false) || required);
    }
  }
  return [...found].map(([id, required]) => ({ id, required }));
}

function pairOf(pair: string): [string, string] {
  const at = pair.indexOf('=');
  return at < 0 ? [pair, ''] : [pair.slice(0, at), pair.slice(at + 1)];
}

/** `FROM scratch AS certs` with nothing in it, and not the end: a named context takes its place. */
function placeholdersOf(stages: readonly DockerStage[]): readonly string[] {
  return stages
    .slice(0, -1)
    .filter(({ base, instructions }) => base === 'scratch' && instructions.length === 0)
    .flatMap(({ name }) => (name === null ? [] : [name]));
}

function sourcesOf({ keyword, rest }: Instruction): readonly string[] {
  if ((keyword !== 'COPY' && keyword !== 'ADD') || rest.includes('<<') || /--from=/.test(rest)) return [];
  const words = rest
    .replace(/[[\]",]/g, ' ')
    .split(/\s+/)
    .filter((word) => word !== '' && !word.startsWith('--'));
  return words.slice(0, -1).filter((word) => !/[$*?]|^https?:|^git@/.test(word));
}

/** A stage and those it is built on or copies from, itself first. */
export function lineOf(stages: readonly DockerStage[], index: number): readonly DockerStage[] {
  const line: DockerStage[] = [];
  const waiting = [index];
  while (waiting.length > 0) {
    const stage = stages[waiting.shift() ?? -1];
    if (stage === undefined || line.includes(stage)) continue;
    line.push(stage);
    const parents = [stage.base, ...stage.instructions.flatMap(({ rest }) => fromsOf(rest))];
    const before = stages.slice(0, stages.indexOf(stage));
    for (const parent of parents) waiting.push(before.findLastIndex(({ name }) => name === parent));
  }
  return line;
}

function fromsOf(rest: string): readonly string[] {
  return [...rest.matchAll(/(?:--from=|\bfrom=)([A-Za-z0-9_.-]+)/g)].map(([, name = '']) =>
    name.toLowerCase(),
  );
}

/** The stages that an image inherits from by FROM, the shipping one first: where EXPOSE and HEALTHCHECK count. */
export function ancestryOf(stages: readonly DockerStage[], index: number): readonly DockerStage[] {
  const line: DockerStage[] = [];
  for (let at = index; at >= 0; ) {
    const stage = stages[at];
    if (stage === undefined) break;
    line.push(stage);
    at = stages.slice(0, at).findLastIndex(({ name }) => name === stage.base);
  }
  return line;
}

/** The first port of EXPOSE that is a number. */
export function exposedPort(line: readonly DockerStage[]): number | null {
  for (const { instructions } of line) {
    const ports = instructions
      .filter(({ keyword }) => keyword === 'EXPOSE')
      .flatMap(({ rest }) => rest.split(/\s+/))
      .map((word) => readPort(/^(\d{1,5})(?:\/tcp)?$/.exec(word)?.[1]));
    const found = ports.find((port) => port !== null);
    if (found !== undefined) return found;
  }
  return null;
}

export function readPort(text: string | undefined): number | null {
  const port = Number(text);
  return text !== undefined && Number.isInteger(port) && port >= 1 && port <= 65_535 ? port : null;
}

/** The text of the HEALTHCHECK that counts. */
export function healthCheckOf(line: readonly DockerStage[]): string | null {
  for (const { instructions } of line) {
    const found = instructions.findLast(({ keyword }) => keyword === 'HEALTHCHECK');
    if (found !== undefined) return found.rest;
  }
  return null;
}

/** The path that a health check's command asks for on this machine: `/health` of `curl -f http://localhost:3000/health`. */
export function healthPathIn(command: string): string | null {
  const host = String.raw`(?:localhost|127\.0\.0\.1|0\.0\.0\.0|\[::1\]|\$\{?\w+\}?)`;
  const found = new RegExp(
    String.raw`https?://${host}(?::(?:\d+|\$\{?\w+(?::-\d+)?\}?))?(/[\w./~%-]*)?`,
  ).exec(command);
  return found === null ? null : (found[1] ?? '/');
}
