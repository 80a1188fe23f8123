// The documents of a mirror: an action's README as it reads at the root of a repository of its own.
import { posix } from 'node:path';

/**
 * @typedef {object} Place
 * @property {string} action folder name
 * @property {string} title the action's name on the Marketplace
 * @property {string} owner of the mirrors
 * @property {string} source `owner/name` of the repository that the mirrors come from
 * @property {string} version X.Y.Z
 * @property {readonly string[]} mirrored folder names of all actions with a mirror
 */

/** Files that a mirror has itself. */
const own = ['README.md', 'action.yml', 'LICENSE', 'SECURITY.md'];

/** @param {string} text @param {Place} place */
export function mirrorReadme(text, place) {
  const { action, title, source, version } = place;
  const home = `https://github.com/${source}`;
  const note = [
    `Made from [${source}](${home}/tree/v${version}/packages/${action}) ${version}; changes and questions go there.`,
    '',
  ].join('\n');
  const headed = text.replace(/^# .*\n/, `# ${title}\n\n${note}`);
  return rewriteLinks(rewriteUses(headed, place), posix.join('packages', action), place);
}

/** Actions with a mirror by its name, everything else of the repository by a full one. @param {string} text @param {Place} place */
function rewriteUses(text, { owner, source, version, mirrored }) {
  const major = `v${version.split('.')[0]}`;
  return text.replace(/(\buses:\s*)[\w.-]+\/headgate\/([\w./-]+)@[\w.-]+/g, (_, key, path) => {
    const name = path.replace(/^packages\//, '');
    return mirrored.includes(name) ? `${key}${owner}/${name}@${major}` : `${key}${source}/${path}@${major}`;
  });
}

/**
 * A relative link leads to the source, at the same version, unless the mirror has the file.
 * @param {string} text
 * @param {string} folder that the text lies in, from the root of the source
 * @param {Pick<Place, 'source' | 'version'>} place
 */
function rewriteLinks(text, folder, { source, version }) {
  const resolve = (/** @type {string} */ target) => {
    if (/^(?:[a-z][a-z0-9+.-]*:|#|\/\/)/i.test(target) || own.includes(target.replace(/#.*$/, '')))
      return target;
    const path = target.startsWith('/') ? target.slice(1) : posix.join(folder, target);
    return `https://github.com/${source}/blob/v${version}/${path}`;
  };
  const inline = text.replace(
    /(!?\[[^\]]*\]\()([^)\s]+)((?:\s+"[^"]*")?\))/g,
    (_, before, target, after) => `${before}${shown(resolve(target), before)}${after}`,
  );
  return inline.replace(/^(\[[^\]]+\]:\s+)(\S+)/gm, (_, before, target) => `${before}${resolve(target)}`);
}

/** An image needs the bytes, not the page about them. @param {string} address @param {string} before */
const shown = (address, before) =>
  before.startsWith('!')
    ? address.replace(/^(https:\/\/github\.com\/[^/]+\/[^/]+)\/blob\//, '$1/raw/')
    : address;

/** Weaknesses are reported where they are mended. @param {string} text @param {Pick<Place, 'source' | 'version'>} place */
export function mirrorSecurity(text, place) {
  const { source } = place;
  const report = `https://github.com/${source}/security/advisories/new`;
  const named = rewriteLinks(text, '.', place).replace(
    /\bof this\s+repository\b/g,
    `of [${source}](https://github.com/${source})`,
  );
  return named.replace(
    /^# .*\n/,
    (heading) => `${heading}\nThis repository is made from another. Report a weakness there: ${report}\n`,
  );
}
