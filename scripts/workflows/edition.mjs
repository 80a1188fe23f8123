// A callable workflow as it is published: the readable source with a header, and its siblings named for the reader.

/**
 * @param {string} name file name of the source
 * @param {string} source its text
 * @param {string | null} pin `owner/repository@ref` for editions on which `$/` is not known; null keeps `$/`, which
 *   stands for the repository and commit of the file itself
 * @returns {string}
 */
export function makeEdition(name, source, pin) {
  const header = `# Generated from workflows/${name} by scripts/generate-workflows.mjs: change it there.\n`;
  return header + (pin === null ? source : pinSiblings(source, pin));
}

/** @param {string} source @param {string} pin */
function pinSiblings(source, pin) {
  const [repository, ref] = splitPin(pin);
  return source.replace(
    /^(\s*(?:- )?uses:\s+)\$\/(\S+)/gm,
    (_, before, path) => `${before}${repository}/${path}@${ref}`,
  );
}

/**
 * @param {string} pin
 * @returns {[repository: string, ref: string]}
 * @throws {Error} unless it is `owner/repository@ref`
 */
export function splitPin(pin) {
  const match = /^([\w.-]+\/[\w.-]+)@([\w./-]+)$/.exec(pin);
  if (!match?.[1] || !match[2]) throw new Error(`--pin takes owner/repository@ref, not "${pin}".`);
  return [match[1], match[2]];
}
