// Where the image goes and under which tags: bare tags of `image`, or full references as docker/build-push-action takes them.
import { InputError } from '@headgate/kit/errors';
import type { InputReader } from '@headgate/kit/inputs';
import { type ImageName, parseImageName, parseTags } from '@headgate/kit/registry/reference';
import { readList } from './input-list.js';

export interface Destination {
  readonly image: ImageName;
  /** Never moved. */
  readonly fixed: readonly string[];
  readonly moving: readonly string[];
}

export interface PublishInputs {
  readonly publish: boolean;
  /** `image`, or the repository of the first full reference. */
  readonly image: ImageName | null;
  /** Tags of `image` that never move. */
  readonly tags: readonly string[];
  /** Tags of `image` that may move. */
  readonly movingTags: readonly string[];
  /** Further repositories named by full references. */
  readonly elsewhere: readonly Destination[];
}

type PublishInput = 'publish' | 'push' | 'image' | 'tags' | 'moving-tags';

/** @throws InputError */
export function readPublishInputs(reader: InputReader<PublishInput>): PublishInputs {
  const imageText = reader.optional('image');
  const items = [...new Set(readList(reader, 'tags', { comma: 'separates' }))];
  const references = items.filter((item) => /[:/@]/.test(item)).map(parseReference);
  const image = imageText === null ? (references[0]?.image ?? null) : parseImageName(imageText);
  const bare = parseTags(
    'tags',
    items.filter((item) => !/[:/@]/.test(item)),
  );
  const moving = parseTags('moving-tags', readList(reader, 'moving-tags', { comma: 'separates' }));
  const here = references.filter((one) => one.image.name === image?.name).map((one) => one.tag);
  const names = [...new Set(references.map((one) => one.image.name))].filter((name) => name !== image?.name);
  return {
    publish: readPublish(reader),
    image,
    tags: bare,
    movingTags: [...new Set([...here, ...moving])],
    elsewhere: names.map((name) => destination(references.filter((one) => one.image.name === name))),
  };
}

interface Reference {
  readonly image: ImageName;
  readonly tag: string;
}

function destination(references: readonly Reference[]): Destination {
  const [first] = references;
  if (first === undefined) throw new Error('a repository without a reference');
  return { image: first.image, fixed: [], moving: [...new Set(references.map((one) => one.tag))] };
}

/** `[host/]repository[:tag]` with Docker's defaults: docker.io, library/, latest. @throws InputError */
export function parseReference(text: string): Reference {
  if (text.includes('@')) {
    throw new InputError(
      'tags',
      `"${text}" carries a digest`,
      'Give tags only: the digest is what is built.',
    );
  }
  const colon = text.lastIndexOf(':');
  const hasTag = colon > text.lastIndexOf('/');
  const repository = hasTag ? text.slice(0, colon) : text;
  const [tag = ''] = parseTags('tags', [hasTag ? text.slice(colon + 1) : 'latest']);
  const first = repository.split('/')[0] ?? '';
  const hasHost = repository.includes('/') && (first === 'localhost' || /[.:]/.test(first));
  const path = hasHost || repository.includes('/') ? repository : `library/${repository}`;
  try {
    return { image: parseImageName(hasHost ? path : `docker.io/${path}`), tag };
  } catch (cause) {
    if (!(cause instanceof InputError)) throw cause;
    throw new InputError('tags', cause.message.replace(/^image: /, ''), cause.hint, cause);
  }
}

/** `push` and `publish` mean the same; an input wins over settings, and two of one kind must agree. */
function readPublish(reader: InputReader<PublishInput>): boolean {
  const given = (['publish', 'push'] as const).filter((name) => reader.text(name) !== '');
  const strong = given.filter((name) => reader.raw(name).from === 'input');
  const values = (strong.length > 0 ? strong : given).map((name) => reader.boolean(name));
  if (new Set(values).size <= 1) return values[0] ?? false;
  throw new InputError(
    'push',
    'push and publish are two names of one input, and they contradict each other',
    'Give one of them.',
  );
}
