// Licences of what a bundle contains: one text for each package. Most bundles contain the same packages, so the texts are
// kept once, and beside each bundle stands which of them are its own.
import { createHash } from 'node:crypto';

const rule = `\n\n${'-'.repeat(72)}\n\n`;
/** A package's name, alone on its line, and its licence on the next. */
const heading = /(?:^|\n\n+)(?=(?:@[\w.-]+\/)?[\w.-]+\n[A-Z0-9][\w.()+ -]{1,40}\n)/;
const first =
  'The texts are in packages/kit/dist/licenses.txt of the repository, each under the digest that follows its name.\n\n';

/** @param {string} text */
const digestOf = (text) => createHash('sha256').update(text).digest('hex').slice(0, 16);

/** @param {string} text as ncc writes it @returns {string} with a rule between any two packages */
export function ruleLicenses(text) {
  const blocks = text.split(heading).map((block) => block.trim());
  return `${blocks.filter((block) => block !== '').join(rule)}\n`;
}

/** @param {string} text with rules */
const blocksOf = (text) => text.trimEnd().split(rule);

/** @param {string} text @returns {boolean} */
export const isLicenseList = (text) => text.startsWith(first);

/** What stands beside a bundle in place of the texts. @param {string} text with rules */
export function listLicenses(text) {
  const lines = blocksOf(text).map((block) => {
    const [name = '', licence = ''] = block.split('\n');
    return `${name} ${licence} ${digestOf(block)}\n`;
  });
  return `${first}${lines.join('')}`;
}

/** The texts of several bundles, each once. @param {readonly string[]} texts with rules @returns {string} */
export function mergeLicenses(texts) {
  const blocks = new Set(texts.flatMap(blocksOf));
  return `${[...blocks].sort((left, right) => (left < right ? -1 : 1)).join(rule)}\n`;
}

/**
 * The texts again.
 * @param {string} list
 * @param {string} store what `mergeLicenses` gave
 * @returns {string | null} null when one of them is not there
 */
export function expandLicenses(list, store) {
  const known = new Map(blocksOf(store).map((block) => [digestOf(block), block]));
  const digests = list
    .slice(first.length)
    .trimEnd()
    .split('\n')
    .map((line) => line.slice(-16));
  const blocks = digests.map((digest) => known.get(digest) ?? null);
  return blocks.includes(null) ? null : `${blocks.join(rule)}\n`;
}
