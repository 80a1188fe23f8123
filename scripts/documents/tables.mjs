// The generated parts of pages: tables of an action's inputs and outputs, and files shown whole.

/**
 * @typedef {object} ActionContract the parts of an action.yml that the tables show
 * @property {Record<string, { description?: unknown, required?: unknown, default?: unknown }>} [inputs]
 * @property {Record<string, { description?: unknown }>} [outputs]
 */

/** In a cell a line break or a bar would end it. @param {unknown} value */
export const cell = (value) =>
  String(value)
    .trim()
    .replaceAll('|', '\\|')
    .replace(/\s*\n\s*/g, ' ');

/** @param {unknown} value a default */
function showDefault(value) {
  const text = value === undefined ? '' : String(value);
  return text === '' ? '' : `\`${cell(text)}\``;
}

/**
 * @param {ActionContract} action
 * @returns {string[]} inputs and outputs without a description
 */
export function findUndescribed(action) {
  const all = [...Object.entries(action.inputs ?? {}), ...Object.entries(action.outputs ?? {})];
  return all
    .filter(([, { description }]) => !description || String(description).trim() === '')
    .map(([name]) => name);
}

/** @param {ActionContract} action @returns {string} */
export function inputTable(action) {
  const rows = Object.entries(action.inputs ?? {}).map(([name, input]) => {
    const required = input.required === true ? 'required' : showDefault(input.default);
    return `| \`${name}\` | ${required} | ${cell(input.description)} |`;
  });
  return ['| input | default | what it is |', '| --- | --- | --- |', ...rows].join('\n');
}

/** @param {ActionContract} action @returns {string} */
export function outputTable(action) {
  const rows = Object.entries(action.outputs ?? {}).map(
    ([name, output]) => `| \`${name}\` | ${cell(output.description)} |`,
  );
  return ['| output | what it is |', '| --- | --- |', ...rows].join('\n');
}

/** A file as a block of code. @param {string} language @param {string} text without a fence of its own */
export const fence = (language, text) => `\`\`\`${language}\n${text.trimEnd()}\n\`\`\``;

/**
 * @param {string} text a README
 * @param {string} name of the marks, `<!-- NAME:start -->` and `<!-- NAME:end -->`
 * @param {string} table
 * @returns {string}
 * @throws {Error} when the marks are not there, once and in order
 */
export function replaceBetween(text, name, table) {
  const start = `<!-- ${name}:start -->`;
  const end = `<!-- ${name}:end -->`;
  const parts = text.split(start);
  const [before, rest] = parts;
  if (parts.length !== 2 || before === undefined || rest === undefined || rest.split(end).length !== 2) {
    throw new Error(`has no single ${start} … ${end}`);
  }
  return `${before}${start}\n${table}\n${end}${rest.slice(rest.indexOf(end) + end.length)}`;
}
