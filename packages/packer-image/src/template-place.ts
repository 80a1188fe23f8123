// Where packer says that a template is wrong: `on host.pkr.hcl line 3`, or `At line 3` of a JSON template.
import { posix } from 'node:path';
import type { Place } from '@headgate/kit/errors';

export interface Template {
  /** Packer's working directory, from the repository's root. */
  readonly directory: string;
  /** From there; a folder of templates, or one file. */
  readonly template: string;
}

const hclPlace = /^[ \t]*on (\S.*?) line ([1-9]\d{0,8})(?:, in .+)?:?[ \t]*$/m;
const jsonPlace = /^At line ([1-9]\d{0,8}), column \d+/m;

/** The first place that packer named; null when it named none, or one outside the repository. */
export function templatePlace(text: string, { directory, template }: Template): Place | null {
  const hcl = hclPlace.exec(text);
  const json = hcl === null ? jsonPlace.exec(text) : null;
  const [name, line] = hcl === null ? [template, json?.[1]] : [hcl[1] ?? '', hcl[2]];
  const file = posix.join(directory, name);
  const isOurs = !posix.isAbsolute(name) && !file.startsWith('../');
  return line === undefined || !isOurs ? null : { file, line: Number(line) };
}
