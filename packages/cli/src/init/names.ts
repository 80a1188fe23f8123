// Names for what headgate.yml lists: lower-case letters, digits and dashes, each once.

/** At most 50 of the allowed characters; `fallback` where none is left. */
export function nameFrom(text: string, fallback: string): string {
  const plain = text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+/, '')
    .slice(0, 50)
    .replace(/-+$/, '');
  return plain === '' ? fallback : plain;
}

/** `name`, or with the first number that makes it another one than those taken; it is taken from then on. */
export function uniqueName(name: string, taken: Set<string>): string {
  let found = name;
  for (let number = 2; taken.has(found); number += 1) found = `${name.slice(0, 46)}-${number}`;
  taken.add(found);
  return found;
}

/** `web` of the compose file in the root; `shop-web` of one in the folder `shop`. */
export function serviceName({ name, compose }: { readonly name: string; readonly compose: string }): string {
  const folder = baseOf(folderOf(compose));
  return folder === '.' || folder === name ? name : `${folder}-${name}`;
}

/** A variable or secret as GitHub spells it. */
export function variableFrom(text: string): string {
  const plain = text.toUpperCase().replace(/[^A-Z0-9_]+/g, '_');
  return /^[A-Z_]/.test(plain) ? plain : `_${plain}`;
}

/** Whether people would expect a secret behind this name. */
export function looksSecret(name: string): boolean {
  const words = name.toLowerCase().split(/[_-]/);
  if (words.some((word) => ['public', 'file', 'version', 'name'].includes(word))) return false;
  return words.some((word) =>
    /^(?:api|access|private)?key$|pass(?:wd|word)?$|secret$|token$|credentials?$/.test(word),
  );
}

/** The folder of a path; `.` for the root. */
export function folderOf(path: string): string {
  const at = path.lastIndexOf('/');
  return at < 0 ? '.' : path.slice(0, at);
}

export function baseOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** A path inside `folder`, `.` and `..` resolved; null where it leads out of the repository. */
export function joinPath(folder: string, path: string): string | null {
  if (path.startsWith('/')) return null;
  const parts: string[] = [];
  for (const part of `${folder}/${path}`.split('/')) {
    if (part === '' || part === '.') continue;
    if (part !== '..') parts.push(part);
    else if (parts.pop() === undefined) return null;
  }
  return parts.length === 0 ? '.' : parts.join('/');
}

/** A path seen from a folder above it; null where it does not lie there. */
export function seenFrom(folder: string, path: string): string | null {
  if (folder === '.') return path;
  return path.startsWith(`${folder}/`) ? path.slice(folder.length + 1) : null;
}

/** Whether headgate.yml takes it as a path of the repository. */
export function isPath(text: string): boolean {
  return /^(?!\/)(?!(?:.*\/)?\.\.(?:\/|$))[^\0\r\n\\]+$/.test(text);
}
