// One change of a plan as people see it: what happens to which resource, attribute by attribute, sensitive values hidden.
import { canonicalJson } from '@headgate/kit/digest';
import { maskValue, member, sensitiveValues, showValue } from './sensitive.js';

export type Action = 'delete' | 'replace' | 'update' | 'create' | 'forget' | 'read' | 'no-op';

export interface AttributeChange {
  readonly name: string;
  readonly before: string;
  readonly after: string;
}

export interface Change {
  readonly address: string;
  readonly action: Action;
  /** Where it was before it moved; null when it did not. */
  readonly movedFrom: string | null;
  readonly imported: boolean;
  readonly attributes: readonly AttributeChange[];
  /** Attributes beyond those listed. */
  readonly more: number;
}

export interface Counts {
  readonly add: number;
  readonly change: number;
  readonly destroy: number;
}

const [maxAttributes, maxText] = [40, 160] as const;

/** Reads one element of `resource_changes`. @throws {SyntaxError} for another shape */
export function readChange(element: unknown): Change {
  const [address, change] = [member(element, 'address'), member(element, 'change')];
  if (typeof address !== 'string' || change === undefined)
    throw new SyntaxError('a change without address was found');
  const previous = member(element, 'previous_address');
  const deposed = member(element, 'deposed');
  const attributes = attributesOf(change);
  return {
    address: typeof deposed === 'string' ? `${address} (deposed ${deposed})` : address,
    action: readAction(member(change, 'actions')),
    movedFrom: typeof previous === 'string' ? previous : null,
    imported: member(change, 'importing') !== undefined,
    attributes: attributes.slice(0, maxAttributes),
    more: Math.max(0, attributes.length - maxAttributes),
  };
}

/** Texts in a `change` that must not be shown. */
export function secretsOfChange(change: unknown): readonly string[] {
  return [
    ...sensitiveValues(member(change, 'before'), member(change, 'before_sensitive')),
    ...sensitiveValues(member(change, 'after'), member(change, 'after_sensitive')),
  ];
}

/** A replacement counts twice, as Terraform counts. */
export function countChanges(changes: readonly Pick<Change, 'action'>[]): Counts {
  const number = (...actions: readonly Action[]): number =>
    changes.filter(({ action }) => actions.includes(action)).length;
  return { add: number('create', 'replace'), change: number('update'), destroy: number('delete', 'replace') };
}

/** The action for a list such as `["delete","create"]`. @throws {SyntaxError} for one this release does not know */
export function readAction(actions: unknown): Action {
  const known: Readonly<Record<string, Action>> = {
    'no-op': 'no-op',
    create: 'create',
    read: 'read',
    update: 'update',
    delete: 'delete',
    'delete,create': 'replace',
    'create,delete': 'replace',
    forget: 'forget',
    'create,forget': 'create',
    'forget,create': 'create',
    open: 'read',
  };
  const action = Array.isArray(actions) ? known[actions.join(',')] : undefined;
  if (action !== undefined) return action;
  throw new SyntaxError(`the actions ${JSON.stringify(actions)} are not known`);
}

function attributesOf(change: unknown): readonly AttributeChange[] {
  const [before, after] = [member(change, 'before'), member(change, 'after')];
  const marks = [member(change, 'before_sensitive'), member(change, 'after_sensitive')] as const;
  const unknown = member(change, 'after_unknown');
  const names = new Set([before, after, unknown].flatMap(keysOf));
  return [...names]
    .sort((a, b) => (a < b ? -1 : 1))
    .flatMap((name) => {
      const isUnknown = hasTrue(member(unknown, name));
      if (!isUnknown && same(member(before, name), member(after, name))) return [];
      const shown = (value: unknown, mark: unknown, open: unknown): string =>
        value === undefined && open !== true ? '' : showValue(maskValue(value, mark, open), maxText);
      return [
        {
          name,
          before: shown(member(before, name), inherited(marks[0], name), undefined),
          after: shown(member(after, name), inherited(marks[1], name), member(unknown, name)),
        },
      ];
    });
}

/** A mark on the whole covers its members. */
function inherited(marks: unknown, name: string): unknown {
  return marks === true ? true : member(marks, name);
}

function keysOf(value: unknown): readonly string[] {
  return value !== null && typeof value === 'object' ? Object.keys(value) : [];
}

function hasTrue(unknown: unknown): boolean {
  if (unknown === true) return true;
  return unknown !== null && typeof unknown === 'object' && Object.values(unknown).some(hasTrue);
}

function same(before: unknown, after: unknown): boolean {
  if (before === after) return true;
  return canonicalJson({ value: before ?? null }) === canonicalJson({ value: after ?? null });
}
