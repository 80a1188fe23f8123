// Brings the YAML parser in only when some text needs it: it would be a third of an action's start-up.
import type { parseYaml } from './yaml.js';

type ParseYaml = typeof parseYaml;

let loaded: ParseYaml | null = null;

/** Thrown by `parseLoadedYaml` before `loadYaml` was called; the entry loads the parser and reads again. */
export class YamlNotLoaded extends Error {
  constructor() {
    super('the YAML parser is not loaded yet');
    this.name = 'YamlNotLoaded';
  }
}

/** Loads the parser once. */
export async function loadYaml(): Promise<void> {
  loaded ??= (await import('./yaml.js')).parseYaml;
}

/**
 * Parses `text` at once if it is JSON or the parser is there.
 * @throws {YamlNotLoaded} when the parser is needed and `loadYaml` has not run.
 */
export function parseLoadedYaml(text: string, source: string): unknown {
  if (text.trim() === '{}') return Object.create(null);
  if (loaded === null) throw new YamlNotLoaded();
  return loaded(text, { source });
}
