// A recording double of the runner protocol. Importing it also loads the YAML parser that input readers need.
import type { AnnotationPlace, Core } from '../deps.js';
import { loadYaml } from '../yaml-loader.js';

await loadYaml();

export interface Annotation {
  readonly level: 'notice' | 'warning' | 'error';
  readonly message: string;
  readonly place: AnnotationPlace;
}

export interface RecordingCore extends Core {
  readonly outputs: Map<string, string>;
  readonly secrets: string[];
  readonly states: Map<string, string>;
  readonly annotations: Annotation[];
  /** Everything printed by info, in order. */
  readonly lines: string[];
  readonly debugLines: string[];
  readonly groups: string[];
  /** The summary so far. */
  summary(): string;
}

/** `inputs` are what the runner would pass; absent ones are ''. Values are trimmed as `@actions/core` does. */
export function createTestCore(inputs: Readonly<Record<string, string>> = {}): RecordingCore {
  const annotations: Annotation[] = [];
  const [secrets, lines, debugLines, groups, summaries]: string[][] = [[], [], [], [], []];
  const [outputs, states] = [new Map<string, string>(), new Map<string, string>()];
  const annotate =
    (level: Annotation['level']) =>
    (message: string, place: AnnotationPlace = {}): void => {
      annotations.push({ level, message, place });
    };
  return {
    outputs,
    secrets: secrets ?? [],
    states,
    annotations,
    lines: lines ?? [],
    debugLines: debugLines ?? [],
    groups: groups ?? [],
    summary: () => (summaries ?? []).join('\n'),
    getInput: (name) => (inputs[name] ?? '').trim(),
    setOutput: (name, value) => void outputs.set(name, value),
    setSecret: (value) => void secrets?.push(value),
    getState: (name) => states.get(name) ?? '',
    saveState: (name, value) => void states.set(name, value),
    debug: (message) => void debugLines?.push(message),
    info: (message) => void lines?.push(message),
    notice: annotate('notice'),
    warning: annotate('warning'),
    error: annotate('error'),
    startGroup: (name) => void groups?.push(name),
    endGroup: () => undefined,
    appendSummary: async (markdown) => void summaries?.push(markdown),
    prependSummary: async (markdown) => void summaries?.unshift(markdown),
  };
}
