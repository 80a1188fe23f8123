// The `settings` input: one JSON object keyed by an action's own input names.
import { InputError } from './errors.js';
import { nearestName } from './nearest-name.js';

export type Settings = Readonly<Record<string, unknown>>;

/** Parses the text of `settings`; '' is no settings. @throws {InputError} for other JSON or unknown keys. */
export function parseSettings(text: string, inputNames: readonly string[]): Settings {
  if (text === '') return {};
  const value = parseObject(text);
  for (const key of Object.keys(value)) {
    if (inputNames.includes(key) && key !== 'settings') continue;
    const near = nearestName(key, inputNames);
    const hint = near === null ? `Known keys: ${inputNames.join(', ')}.` : `Write ${near} instead of ${key}.`;
    throw new InputError('settings', `the key ${JSON.stringify(key)} is not an input of this action`, hint);
  }
  return value;
}

function parseObject(text: string): Settings {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new InputError('settings', 'a JSON object was expected, the text is not JSON', settingsHint, cause);
  }
  if (value === null || typeof value !== 'object' || Array.isArray(value)) {
    throw new InputError('settings', 'a JSON object was expected', settingsHint);
  }
  return value as Settings;
}

const settingsHint = 'Pass the settings that decide made, by `toJSON(matrix.item.settings)`.';
