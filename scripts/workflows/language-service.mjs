// GitHub's own language service over workflow and action files, as an editor asks it.
import { readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { registerLogger, validate } from '@actions/languageservice';
import { TextDocument } from 'vscode-languageserver-textdocument';

/** What the service could not do: it logs a defect of its own and finds nothing. @type {string[]} */
const defects = [];
const ignore = () => undefined;
registerLogger({
  log: ignore,
  info: ignore,
  warn: ignore,
  error: (message) => void defects.push(message),
});

/**
 * The files that `uses:` names. A call of another repository's workflow means ours: the sample calls the edition that
 * lies here. @param {string} root of the repository
 */
function fileProvider(root) {
  return {
    /** @param {{ path: string }} reference */
    async getFileContent({ path }) {
      return { name: path, content: await readFile(join(root, path), 'utf8') };
    },
  };
}

/**
 * Everything the service has to say, hints too; one line a finding.
 * @param {string} root of the repository: what `$/` and `./` stand for
 * @param {readonly string[]} files absolute
 * @returns {Promise<string[]>} `path:line: message`
 */
export async function diagnose(root, files) {
  const lines = [];
  for (const file of files) {
    const document = TextDocument.create(pathToFileURL(file).href, 'yaml', 1, await readFile(file, 'utf8'));
    const found = await validate(document, { fileProvider: fileProvider(root) });
    const path = relative(root, fileURLToPath(document.uri));
    for (const { range, message } of found) lines.push(`${path}:${range.start.line + 1}: ${message}`);
    for (const defect of defects.splice(0)) lines.push(`${path}: ${defect}`);
  }
  return lines;
}
