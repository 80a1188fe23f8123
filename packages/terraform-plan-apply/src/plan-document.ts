// A plan as `show -json` tells it, read in pieces: its changes, what must stay hidden in it, and what it means.
import { createReadStream } from 'node:fs';
import { digestOf } from '@headgate/kit/digest';
import { type Change, type Counts, countChanges, readChange, secretsOfChange } from './changes.js';
import { failure } from './failures.js';
import type { Taking } from './json-member.js';
import { createJsonScanner } from './json-scanner.js';
import { member, sensitiveValues } from './sensitive.js';

export interface PlanDocument {
  /** Without those that do nothing. */
  readonly changes: readonly Change[];
  readonly counts: Counts;
  /** Names of outputs that change. */
  readonly outputs: readonly string[];
  /** Values of sensitive attributes, outputs and variables. */
  readonly secrets: readonly string[];
  /** `sha256:…`, equal for two plans that would do the same. */
  readonly meaningDigest: string;
}

/** Bytes one value may have to be parsed; `planned_values` and `prior_state` are only hashed. */
const maxValueBytes = 32 * 1024 * 1024;
const lists: ReadonlySet<string> = new Set(['resource_changes', 'resource_drift', 'relevant_attributes']);
const hashed: ReadonlySet<string> = new Set(['planned_values', 'prior_state']);
/** Differ between two plans of one meaning. */
const volatile: ReadonlySet<string> = new Set(['timestamp']);

/**
 * Reads the file that `show -json` was written to; memory does not grow with the plan's size.
 * @throws {ActionError} `plan-unreadable`
 */
export async function readPlanDocument(file: string): Promise<PlanDocument> {
  const reader = createPlanReader();
  try {
    for await (const chunk of createReadStream(file)) reader.write(chunk as Uint8Array);
    return reader.end();
  } catch (cause) {
    throw failure('plan-unreadable', {
      message: `the plan was expected as JSON, it could not be read: ${cause instanceof SyntaxError ? cause.message : String(cause)}`,
      hint: 'See that the tool is Terraform 1.0 or OpenTofu 1.6 or newer.',
      cause,
    });
  }
}

export interface PlanReader {
  write(chunk: Uint8Array): void;
  /** @throws {SyntaxError} */
  end(): PlanDocument;
}

export function createPlanReader(): PlanReader {
  const changes: Change[] = [];
  const secrets = new Set<string>();
  const values = new Map<string, unknown>();
  const digests = createMemberDigests();
  const keepSecrets = (change: unknown): void => {
    for (const secret of secretsOfChange(change)) secrets.add(secret);
  };
  const takeElement = (name: string, element: unknown): void => {
    digests.element(name, element);
    if (name === 'relevant_attributes') return;
    keepSecrets(member(element, 'change'));
    if (name !== 'resource_changes') return;
    const change = readChange(element);
    if (change.action !== 'no-op' || change.movedFrom !== null || change.imported) changes.push(change);
  };
  const choose = (name: string): Taking => {
    if (volatile.has(name)) return { kind: 'skip' };
    if (hashed.has(name)) return { kind: 'bytes', take: digests.bytes(name) };
    if (lists.has(name)) return { kind: 'elements', take: (element) => takeElement(name, element) };
    return {
      kind: 'value',
      take(value) {
        digests.value(name, value);
        values.set(name, value);
      },
    };
  };
  const scanner = createJsonScanner(choose, maxValueBytes);
  return {
    write: (chunk) => scanner.write(chunk),
    end() {
      scanner.end();
      if (typeof values.get('format_version') !== 'string')
        throw new SyntaxError('format_version is missing');
      const outputs = Object.entries(values.get('output_changes') ?? {});
      for (const [, change] of outputs) keepSecrets(change);
      for (const secret of secretsOfVariables(values)) secrets.add(secret);
      return {
        changes,
        counts: countChanges(changes),
        outputs: outputs.filter(([, change]) => !isNoOp(change)).map(([name]) => name),
        secrets: [...secrets],
        meaningDigest: digests.end(),
      };
    },
  };
}

function secretsOfVariables(values: ReadonlyMap<string, unknown>): readonly string[] {
  const declared = member(member(values.get('configuration'), 'root_module'), 'variables');
  return Object.entries(values.get('variables') ?? {}).flatMap(([name, variable]) =>
    sensitiveValues(member(variable, 'value'), member(member(declared, name), 'sensitive')),
  );
}

function isNoOp(change: unknown): boolean {
  const actions = member(change, 'actions');
  return Array.isArray(actions) && actions.join() === 'no-op';
}

interface MemberDigests {
  value(name: string, value: unknown): void;
  element(name: string, element: unknown): void;
  bytes(name: string): (piece: Uint8Array) => void;
  end(): string;
}

/** The digest of digests: canonical JSON of each member, of each element of the long lists in any order. */
function createMemberDigests(): MemberDigests {
  const whole = new Map<string, string>();
  const elements = new Map<string, string[]>();
  const hashes = new Map<string, import('node:crypto').Hash>();
  return {
    value: (name, value) => void whole.set(name, digestOf({ value })),
    element(name, element) {
      const list = elements.get(name) ?? [];
      list.push(digestOf({ value: element }));
      elements.set(name, list);
    },
    bytes(name) {
      const hash = process.getBuiltinModule('node:crypto').createHash('sha256');
      hashes.set(name, hash);
      return (piece) => void hash.update(piece);
    },
    end() {
      for (const [name, list] of elements)
        whole.set(name, digestOf([...list].sort((a, b) => (a < b ? -1 : 1))));
      for (const [name, hash] of hashes) whole.set(name, `sha256:${hash.digest('hex')}`);
      return digestOf({ schema: 1, members: Object.fromEntries(whole) });
    },
  };
}
