// From a story file's text to a story, or to everything that is wrong with it, by line and column.

import { type Finding, isMapping, showPath } from '@headgate/configuration/finding';
import { byPlace, formatProblem, type Problem } from '@headgate/configuration/problem';
import { shapeFindings } from '@headgate/configuration/shape';
import { nearestName } from '@headgate/kit/nearest-name';
import { type PositionedYaml, parseYamlWithPositions, YamlError } from '@headgate/kit/yaml';
import * as v from 'valibot';
import { StoryError } from './story-error.js';
import { type Story, storySchema } from './story-schema.js';

export type StoryReading =
  | { readonly ok: true; readonly story: Story }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/** Reads and checks a story; `file` is its name for messages. */
export function checkStory(text: string, file: string): StoryReading {
  let yaml: PositionedYaml;
  try {
    yaml = parseYamlWithPositions(text, { source: file });
  } catch (error) {
    if (error instanceof YamlError) return { ok: false, problems: [unreadable(error)] };
    throw error;
  }
  const findings = [...shapeFindings(storySchema, yaml.value), ...crossFindings(yaml.value)];
  if (findings.length === 0) return { ok: true, story: v.parse(storySchema, yaml.value) };
  return { ok: false, problems: findings.map((finding) => placed(finding, yaml)).sort(byPlace) };
}

/** Like `checkStory`. @throws {StoryError} `invalid-story` with every problem */
export function readStory(text: string, file: string): Story {
  const reading = checkStory(text, file);
  if (reading.ok) return reading.story;
  const lines = reading.problems.map((problem) => formatProblem(file, problem));
  throw new StoryError({
    code: 'invalid-story',
    message: `the story cannot be played:\n${lines.join('\n')}`,
    hint: 'Correct each line; docs/rehearsal.md lists what a story can say.',
  });
}

/** What the schema cannot see: names given twice, references to steps, load without a beginning. */
function crossFindings(value: unknown): readonly Finding[] {
  const steps = isMapping(value) && Array.isArray(value['steps']) ? value['steps'].map(stepOf) : [];
  return [
    ...repeatedNames(steps),
    ...steps.flatMap((step, index) => unknownSteps(step, steps.slice(0, index + 1), index)),
    ...loadOrder(steps),
  ];
}

type LooseStep = Readonly<Record<string, unknown>>;

function stepOf(step: unknown): LooseStep {
  return isMapping(step) ? step : {};
}

function repeatedNames(steps: readonly LooseStep[]): readonly Finding[] {
  return steps.flatMap((step, index) => {
    const name = step['name'];
    if (typeof name !== 'string' || !steps.slice(0, index).some((other) => other['name'] === name)) return [];
    const message = `a step named ${JSON.stringify(name)} is there already`;
    return [
      { path: ['steps', index, 'name'], at: 'value' as const, message, cure: 'Give each step its own name.' },
    ];
  });
}

function unknownSteps(step: LooseStep, soFar: readonly LooseStep[], index: number): readonly Finding[] {
  const expectations = Array.isArray(step['expect']) ? step['expect'] : [];
  const names = soFar.map((other) => other['name']).filter((name) => typeof name === 'string');
  const all = expectations.flatMap((expectation: unknown, place) =>
    (['running', 'traffic'] as const).map((kind) => ({ expectation, place, kind })),
  );
  return all.flatMap(({ expectation, place, kind }) => {
    const judged = isMapping(expectation) ? expectation[kind] : null;
    const wanted = isMapping(judged) ? judged['built-in'] : undefined;
    if (typeof wanted !== 'string' || names.includes(wanted)) return [];
    const near = nearestName(wanted, names);
    const path = ['steps', index, 'expect', place, kind, 'built-in'];
    const message = `\`${showPath(path)}\`: there is no step named ${JSON.stringify(wanted)} up to here`;
    const cure = near === null ? 'Name this step or an earlier one.' : `Write \`${near}\`.`;
    return [{ path, at: 'value' as const, message, cure }];
  });
}

function loadOrder(steps: readonly LooseStep[]): readonly Finding[] {
  let going = false;
  const findings: Finding[] = [];
  for (const [index, step] of steps.entries()) {
    const start = step['start-load'] !== undefined;
    const stop = step['stop-load'] !== undefined;
    if (start && going) {
      const message = 'load is going on already';
      findings.push({
        path: ['steps', index, 'start-load'],
        at: 'key',
        message,
        cure: 'Stop it with `stop-load` first.',
      });
    }
    const keep = step['keep-load'] !== undefined;
    if ((stop || keep) && !going) {
      const message = 'no load is going on here';
      findings.push({
        path: ['steps', index, stop ? 'stop-load' : 'keep-load'],
        at: 'key',
        message,
        cure: 'Begin it with `start-load` in an earlier step.',
      });
    }
    going = start || (going && !stop);
  }
  return findings;
}

function placed(finding: Finding, yaml: PositionedYaml): Problem {
  const { line, column } =
    finding.at === 'key' ? yaml.keyPositionOf(finding.path) : yaml.positionOf(finding.path);
  return { line, column, path: showPath(finding.path), message: finding.message, cure: finding.cure };
}

function unreadable(error: YamlError): Problem {
  const message = `this is not valid YAML: ${error.problem}`;
  return {
    line: error.line ?? 1,
    column: error.column ?? 1,
    path: '',
    message,
    cure: 'Correct the syntax here.',
  };
}
