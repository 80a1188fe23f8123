// Lists as docker/build-push-action reads them (actions-toolkit, Util.getInputList): CSV records, one a line, where a
// quoted field may hold commas, quotes written twice, and line breaks.
import { InputError } from '@headgate/kit/errors';
import { listOf } from '@headgate/kit/input-values';
import type { InputReader, InputValue } from '@headgate/kit/inputs';

export interface ListRules {
  /** Whether a comma ends an item, or belongs to it. */
  readonly comma: 'separates' | 'belongs';
  /** Keeps blanks and line ends around an item: a key may need its last one. */
  readonly keepSpace?: boolean;
}

/**
 * The items of an input; of settings, the members of the JSON array as they are.
 * @throws InputError for a quote that is never closed; no part of the text is repeated, it may be a secret
 */
export function readList<N extends string>(
  reader: Pick<InputReader<N>, 'raw'>,
  name: N,
  rules: ListRules,
): readonly string[] {
  return itemsOf(name, reader.raw(name), rules);
}

/** @throws InputError as `readList` does */
export function itemsOf(name: string, { from, value }: InputValue, rules: ListRules): readonly string[] {
  if (from === 'settings' && typeof value !== 'string') return listOf(name, value);
  return parseItems(name, String(value ?? ''), rules);
}

/** NAME=value items, the last one of a name as docker has it; a JSON object in settings. @throws InputError */
export function readPairs<N extends string>(
  reader: Pick<InputReader<N>, 'raw' | 'keyValues'>,
  name: N,
): ReadonlyMap<string, string> {
  const raw = reader.raw(name);
  if (raw.from === 'settings' && typeof raw.value !== 'string') return reader.keyValues(name);
  return new Map(
    itemsOf(name, raw, { comma: 'belongs' }).map((item): readonly [string, string] => {
      const at = item.indexOf('=');
      if (at > 0) return [item.slice(0, at).trim(), item.slice(at + 1)];
      throw new InputError(
        name,
        `NAME=value was expected on each line, ${JSON.stringify(item.slice(0, 40))} was found`,
        'Write one NAME=value on each line; a variable of the environment has to be written out likewise.',
      );
    }),
  );
}

/** @throws InputError as `readList` does */
export function parseItems(name: string, text: string, rules: ListRules): readonly string[] {
  const records = parseRecords(name, text);
  const items = records.flatMap((fields) => {
    if (rules.comma === 'belongs') return [fields.join(',')];
    // A quoted field that stands alone in its line is split all the same, as there.
    return fields.length === 1 ? (fields[0]?.split(',') ?? []) : fields;
  });
  return items.filter((item) => item.trim() !== '').map((item) => (rules.keepSpace ? item : item.trim()));
}

const plainEnd = /[,\r\n]/g;
const lineEnd = /\r\n|\r|\n/y;

function parseRecords(name: string, text: string): readonly (readonly string[])[] {
  const records: string[][] = [];
  let record: string[] = [];
  let at = 0;
  while (at <= text.length) {
    const field = text[at] === '"' ? readQuoted(name, text, at) : readPlain(text, at);
    record.push(field.text);
    at = field.end;
    if (text[at] === ',') {
      at += 1;
      continue;
    }
    records.push(record);
    record = [];
    lineEnd.lastIndex = at;
    at += lineEnd.exec(text)?.[0].length ?? 1;
  }
  return records;
}

interface Read {
  readonly text: string;
  /** Where the comma or line end stands that ends it. */
  readonly end: number;
}

function readPlain(text: string, start: number): Read {
  plainEnd.lastIndex = start;
  const end = plainEnd.exec(text)?.index ?? text.length;
  return { text: text.slice(start, end), end };
}

/** What follows a closing quote up to the comma belongs to the field: relaxed quoting. */
function readQuoted(name: string, text: string, start: number): Read {
  const parts: string[] = [];
  let from = start + 1;
  for (;;) {
    const quote = text.indexOf('"', from);
    if (quote < 0) {
      throw new InputError(
        name,
        `a quote is opened on line ${text.slice(0, start).split('\n').length} and never closed`,
        'Close it, and write a quote inside a quoted item twice.',
      );
    }
    parts.push(text.slice(from, quote));
    if (text[quote + 1] !== '"') {
      const rest = readPlain(text, quote + 1);
      return { text: parts.join('"') + rest.text, end: rest.end };
    }
    from = quote + 2;
  }
}
