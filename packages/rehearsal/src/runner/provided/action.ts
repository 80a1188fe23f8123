// What a provided action sees of the job it runs in.
import type { GitHubHost } from '../../model.js';
import type { RunningStep } from '../step-unit.js';

export interface ProvidedStep {
  readonly step: RunningStep;
  readonly host: GitHubHost;
  /** The input's text, its default when it is not given. */
  input(name: string): string;
  output(name: string, value: string): void;
  line(text: string): void;
}

export interface ProvidedAction {
  /** Inputs with their defaults; others are refused by name. */
  readonly inputs: Readonly<Record<string, string>>;
  run(step: ProvidedStep): Promise<void>;
}

/** `true` of the YAML core schema, as actions read booleans. */
export function isTrue(text: string): boolean {
  return text.trim().toLowerCase() === 'true';
}
