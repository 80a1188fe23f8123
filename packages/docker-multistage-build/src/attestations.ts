// Attestations as the inputs ask for them: provenance, SBOM, and any other, as values of --attest.
import { InputError } from '@headgate/kit/errors';
import type { InputReader } from '@headgate/kit/inputs';
import { isSecretName } from '@headgate/kit/secret-names';
import { parseItems, readList } from './input-list.js';

const provenanceKeys: ReadonlySet<string> = new Set([
  'mode',
  'version',
  'builder-id',
  'filename',
  'inline-only',
  'reproducible',
  'disabled',
]);
const typePattern = /(?:^|,)\s*type\s*=\s*([a-z][a-z0-9-]*)/;

/**
 * `provenance` and `sbom` win over an entry of the same type in `attests`.
 * @throws InputError; also for mode=max while a build argument looks like a secret, which it would publish
 */
export function readAttestations(
  reader: InputReader<'provenance' | 'sbom' | 'attests'>,
  buildArgs: ReadonlyMap<string, string>,
): readonly string[] {
  const given = new Map([
    ['provenance', shorthand(reader, 'provenance', 'mode=min')],
    ['sbom', shorthand(reader, 'sbom', '')],
  ]);
  const values = [...given.values()].flatMap((value) => value ?? []);
  for (const entry of readList(reader, 'attests', { comma: 'belongs' })) {
    const type = typePattern.exec(entry)?.[1];
    if (type === undefined)
      throw new InputError(
        'attests',
        `"${entry.slice(0, 80)}" has no type`,
        'Write type=sbom or type=provenance,mode=min.',
      );
    if (type === 'provenance') checkProvenance('attests', entry);
    if (given.get(type) === undefined || given.get(type) === null) values.push(entry);
  }
  refuseRevealing(values, buildArgs);
  return values.filter((value) => !fieldsOf(value).includes('disabled=true'));
}

/** Null when the input says nothing; empty when it says no. */
function shorthand(
  reader: InputReader<'provenance' | 'sbom' | 'attests'>,
  input: 'provenance' | 'sbom',
  usual: string,
): readonly string[] | null {
  const text = reader.text(input);
  if (text === '') return null;
  if (/^false$/i.test(text)) return [];
  const fields = /^true$/i.test(text) ? usual : text;
  const entry = [`type=${input}`, ...(fields === '' ? [] : [fields])].join(',');
  if (input === 'provenance') checkProvenance(input, entry);
  else if (fields !== '' && !/^generator=\S+$/.test(fields))
    throw new InputError(
      input,
      `"${text.slice(0, 80)}" is not a valid value`,
      'Write true, false or generator=IMAGE.',
    );
  return [entry];
}

function checkProvenance(input: string, entry: string): void {
  for (const [key = '', value = ''] of fieldsOf(entry).map((field) => field.split('='))) {
    if (key === 'type') continue;
    const wrong = !provenanceKeys.has(key) || (key === 'mode' && value !== 'min' && value !== 'max');
    if (wrong)
      throw new InputError(
        input,
        `"${key}=${value}" is not known of provenance`,
        'Write true, false, mode=min or mode=max.',
      );
  }
}

function refuseRevealing(values: readonly string[], buildArgs: ReadonlyMap<string, string>): void {
  const revealing = (value: string): boolean =>
    ['type=provenance', 'mode=max'].every((field) => fieldsOf(value).includes(field));
  if (!values.some(revealing)) return;
  const telling = [...buildArgs].find(([name, value]) => value !== '' && isSecretName(name));
  if (telling === undefined) return;
  throw new InputError(
    'provenance',
    `mode=max publishes every build argument, and ${telling[0]} looks like a secret`,
    'Pass it by `secrets` and RUN --mount=type=secret, or write mode=min.',
  );
}

function fieldsOf(entry: string): readonly string[] {
  return parseItems('attests', entry, { comma: 'separates' });
}

/** Provenance names the run that made it, unless a builder is named already. */
export function withBuilderId(values: readonly string[], runUrl: string): readonly string[] {
  return values.map((value) => {
    const fields = fieldsOf(value);
    const isNamed = fields.some((field) => field.startsWith('builder-id='));
    if (!fields.includes('type=provenance') || runUrl === '' || isNamed) return value;
    return `${value},builder-id=${runUrl}`;
  });
}
