// Names of images. Source: distribution/reference.

const component = '[a-z0-9]+(?:(?:\\.|__?|-+)[a-z0-9]+)*';
const label = '[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?';
const host = `(?:\\[[0-9a-fA-F:]+\\]|${label}(?:\\.${label})*)(?::[0-9]+)?`;
const tag = ':[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}';
const digest = '@[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}';
const reference = new RegExp(`^(?:${host}/)?${component}(?:/${component})*(?:${tag})?(?:${digest})?$`);

/** True for what the builder takes as the name of an image. */
export function isReference(text: string): boolean {
  return text.length <= 1024 && reference.test(text);
}

/** `node:24` becomes `docker.io/library/node:24`, a name without tag and digest gets `latest`. */
export function fullReference(reference: string): string {
  const slash = reference.indexOf('/');
  const first = slash < 0 ? '' : reference.slice(0, slash);
  const isHost = /[.:]/.test(first) || first === 'localhost' || first !== first.toLowerCase();
  let host = isHost ? first : 'docker.io';
  let path = isHost ? reference.slice(slash + 1) : reference;
  if (host === 'index.docker.io') host = 'docker.io';
  if (host === 'docker.io' && !path.includes('/')) path = `library/${path}`;
  return `${host}/${path}${/[:@]/.test(path) ? '' : ':latest'}`;
}
