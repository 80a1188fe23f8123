// Brings a chunk as ncc writes it into the form of chunk.mjs, minified.
import { joinChunk } from './chunk.mjs';
import { markModules, minify } from './minify.mjs';

const ncc =
  /^export const id = (\d+);\nexport const ids = \[\1\];\nexport const modules = (\{\n.*\n\});\n*$/s;
/** All that ncc's chunks say by number; anything else leaves a chunk as it is. */
const used = /(__webpack_require__(?:\.e)?\(|__webpack_require__\.bind\(__webpack_require__, )(\d+)\)/g;

/**
 * @param {string} text a chunk as ncc writes it, not minified
 * @returns {Promise<string | null>} null when it has another form
 */
export async function writeChunk(text) {
  const [, id, body] = ncc.exec(text) ?? [];
  if (id === undefined || body === undefined) return null;
  /** @type {string[]} of chunks (`c`) and modules (`m`), which may be the same */
  const places = [];
  const place = (/** @type {'c' | 'm'} */ kind, /** @type {string} */ number) => {
    const at = places.indexOf(`${kind}${number}`);
    return `$[${at >= 0 ? at : places.push(`${kind}${number}`) - 1}]`;
  };
  const first = place('c', id);
  const modules = markModules(body, (number) => `[${place('m', number)}]`).replace(
    used,
    (_, call, number) => `${call}${place(call.endsWith('.e(') ? 'c' : 'm', number)})`,
  );
  const code = await minify(
    `export default ($) => ({ id: ${first}, ids: [${first}], modules: ${modules} });\n`,
  );
  const maker = /^export default\s*(.*?);?\n$/s.exec(code)?.[1];
  return maker === undefined
    ? null
    : joinChunk({ maker, numbers: places.map((each) => Number(each.slice(1))) });
}
