// What GitHub documents of workflows, as tables: each behaviour with its source and the test that shows it.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { load } from 'js-yaml';
import { cell } from './tables.mjs';

/**
 * @typedef {object} Behaviour
 * @property {string} behaviour in one sentence, which is the test's title too
 * @property {string} source
 * @property {{ file: string, title: string }} [test] another test that shows it
 */

/** @typedef {{ file: string, subject: string, behaviours: Behaviour[] }} Chapter */

/** @param {string} folder of chapters, YAML @returns {Chapter[]} */
export const readChapters = (folder) =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.yml'))
    .sort()
    .map((file) => {
      const chapter = /** @type {Omit<Chapter, 'file'>} */ (load(readFileSync(join(folder, file), 'utf8')));
      return { file, ...chapter };
    });

/** @param {string} file of the chapter @param {Behaviour} behaviour */
function row(file, { behaviour, source, test }) {
  const shown = test === undefined ? `\`${file}\`` : `\`${test.file}\`: ${cell(test.title)}`;
  return `| ${cell(behaviour)} | [source](${source}) | ${shown} |`;
}

/** @param {readonly Chapter[]} chapters @returns {string} */
export function behaviourTables(chapters) {
  const tables = chapters.map(({ file, subject, behaviours }) =>
    [
      `### ${subject}`,
      '',
      '| on GitHub | documented | shown by |',
      '| --- | --- | --- |',
      ...behaviours.map((behaviour) => row(file, behaviour)),
    ].join('\n'),
  );
  return tables.join('\n\n');
}
