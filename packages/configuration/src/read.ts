// From the text of headgate.yml to a configuration, or to everything that is wrong with it.
import { type PositionedYaml, parseYamlWithPositions, YamlError } from '@headgate/kit/yaml';
import * as v from 'valibot';
import { crossFindings, type ProjectFiles } from './checks.js';
import { type Finding, showPath } from './finding.js';
import { byPlace, ConfigurationError, type Problem } from './problem.js';
import { type Configuration, configurationSchema } from './schema.js';
import { shapeFindings } from './shape.js';

export interface ReadConfiguration {
  readonly configuration: Configuration;
  readonly file: string;
  /** Line and column, from 1, of the value at a path. */
  positionOf(path: readonly (string | number)[]): { readonly line: number; readonly column: number };
}

export type ConfigurationReading =
  | ({ readonly ok: true } & ReadConfiguration)
  | { readonly ok: false; readonly problems: readonly Problem[] };

/** Reads and checks headgate.yml. `file` is its name for messages. All problems come at once, in order of place. */
export function checkConfiguration(text: string, file: string, files: ProjectFiles): ConfigurationReading {
  let yaml: PositionedYaml;
  try {
    yaml = parseYamlWithPositions(text, { source: file });
  } catch (error) {
    if (error instanceof YamlError) return { ok: false, problems: [unreadable(error, text)] };
    throw error;
  }
  const findings = [...shapeFindings(configurationSchema, yaml.value), ...crossFindings(yaml.value, files)];
  if (findings.length > 0) {
    return { ok: false, problems: findings.map((finding) => placed(finding, yaml)).sort(byPlace) };
  }
  const configuration = v.parse(configurationSchema, yaml.value);
  return { ok: true, configuration, file, positionOf: (path) => yaml.positionOf(path) };
}

/** Like `checkConfiguration`. @throws {ConfigurationError} with every problem. */
export function readConfiguration(text: string, file: string, files: ProjectFiles): ReadConfiguration {
  const reading = checkConfiguration(text, file, files);
  if (!reading.ok) throw new ConfigurationError(file, reading.problems);
  return reading;
}

function placed(finding: Finding, yaml: PositionedYaml): Problem {
  const place = finding.at === 'key' ? yaml.keyPositionOf(finding.path) : yaml.positionOf(finding.path);
  const { line, column } = place;
  return { line, column, path: showPath(finding.path), message: finding.message, cure: finding.cure };
}

/** A text that is no YAML has one problem; a key given twice is said as such. */
function unreadable(error: YamlError, text: string): Problem {
  const place = { line: error.line ?? 1, column: error.column ?? 1, path: '' };
  if (!error.problem.includes('duplicate')) {
    return {
      ...place,
      message: `this is not valid YAML: ${error.problem}`,
      cure: 'Correct the syntax here.',
    };
  }
  const rest = (text.split(/\r?\n/)[place.line - 1] ?? '').slice(place.column - 1);
  const key = /^["']?([^"':\s]+)/.exec(rest)?.[1] ?? '';
  const message = `\`${key}\` is given a second time; each name may stand once`;
  return { ...place, path: key, message, cure: 'Rename or remove one of the two.' };
}
