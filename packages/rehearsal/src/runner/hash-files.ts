// `hashFiles()`: one SHA-256 over the SHA-256 of every file that matches.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { globExpression } from './glob.js';

function filesBelow(folder: string): readonly string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

/** A path and the folders above it: a pattern that fits a folder takes all below it, as in @actions/glob. */
function withFolders(path: string): readonly string[] {
  const parts = path.split('/');
  return parts.map((_part, index) => parts.slice(0, index + 1).join('/'));
}

/** Hex, '' when nothing matches; `!` leaves files out. Source: docs.github.com, "Evaluate expressions", hashFiles. */
export function hashFiles(workspace: string, patterns: readonly string[]): string {
  const rules = patterns.map((pattern) => {
    const negated = pattern.startsWith('!');
    return {
      negated,
      expression: globExpression((negated ? pattern.slice(1) : pattern).replace(/^\.\//u, '')),
    };
  });
  const chosen = filesBelow(workspace)
    .filter((file) => {
      const path = relative(workspace, file).split(sep).join('/');
      return rules.reduce(
        (taken, { negated, expression }) =>
          withFolders(path).some((part) => expression.test(part)) ? !negated : taken,
        false,
      );
    })
    .sort((left, right) => (left < right ? -1 : 1));
  if (chosen.length === 0) return '';
  const total = createHash('sha256');
  for (const file of chosen) total.update(createHash('sha256').update(readFileSync(file)).digest());
  return total.digest('hex');
}
