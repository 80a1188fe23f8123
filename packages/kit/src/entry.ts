// What a leg leaves behind: its entry file, written whatever the result.
import { canonicalJson } from './digest.js';
import { legHash } from './leg.js';
import type { Entry } from './record.js';
import type { LegResult, RecordParts, StageName } from './record-parts.js';

export interface EntryContent {
  readonly stage: StageName;
  readonly name: string;
  readonly attempt: number;
  readonly result: LegResult;
  readonly cause: Entry['cause'];
  readonly parts: Partial<RecordParts>;
}

export interface WrittenEntry {
  readonly file: string;
  /** 12 hex digits. */
  readonly leg: string;
}

/** Writes the entry into `folder` as canonical JSON, readable by its owner only; an earlier one is replaced. */
export function writeEntry(folder: string, content: EntryContent): WrittenEntry {
  const leg = legHash(content.stage, content.name);
  const entry: Entry = { schemaVersion: 1, leg, ...content };
  const file = `${folder}/headgate-entry-${content.stage}-${leg}-${content.attempt}.json`;
  process.getBuiltinModule('node:fs').writeFileSync(file, canonicalJson(entry), { mode: 0o600 });
  return { file, leg };
}
