// Copies of the finished image beside the registry's: into the engine, or wherever `outputs` says.
import { InputError } from '@headgate/kit/errors';
import type { InputReader } from '@headgate/kit/inputs';
import { parseItems, readList } from './input-list.js';

/** The value of one --output. */
export type ExportTarget = string;

const local: ReadonlySet<string> = new Set(['local', 'tar', 'oci', 'docker']);

/** @throws InputError; pushing by an exporter would bypass the gates */
export function readExports(reader: InputReader<'outputs'>): readonly ExportTarget[] {
  return readList(reader, 'outputs', { comma: 'belongs' }).flatMap((entry) => {
    const fields = parseItems('outputs', entry, { comma: 'separates' });
    const type = fields.find((field) => field.startsWith('type='))?.slice('type='.length) ?? 'local';
    if (type === 'cacheonly') return [];
    if (type === 'registry' || fields.some((field) => /^push(?:-by-digest)?=true$/.test(field)))
      throw new InputError(
        'outputs',
        `type=${type} pushes past the gates`,
        'Write push: true; without tags the image is published by digest alone.',
      );
    if (local.has(type)) return [entry.includes('=') ? entry : `type=local,dest=${entry}`];
    throw new InputError(
      'outputs',
      `the type "${type.slice(0, 40)}" is not supported`,
      `Choose one of ${[...local].join(', ')}.`,
    );
  });
}
