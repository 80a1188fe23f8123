// What reaches buildx as it was given: the inputs that docker/build-push-action has under the same names.
import { InputError } from '@headgate/kit/errors';
import type { InputReader } from '@headgate/kit/inputs';
import { readList } from './input-list.js';

export interface BuildOptions {
  readonly addHosts: readonly string[];
  readonly allow: readonly string[];
  readonly annotations: readonly string[];
  /** Values of --attest; empty for none. */
  readonly attestations: readonly string[];
  /** Empty for the current one. */
  readonly builder: string;
  readonly cacheFrom: readonly string[];
  readonly cacheTo: readonly string[];
  /** What the docker client finds in its environment for the cache: a token never stands in argv. */
  readonly cacheEnv: Readonly<Record<string, string>>;
  readonly cgroupParent: string;
  readonly noCache: boolean;
  readonly noCacheFilters: readonly string[];
  readonly pull: boolean;
  readonly shmSize: string;
  readonly ssh: readonly string[];
  readonly ulimit: readonly string[];
}

/** Nothing asked for. */
export const noOptions: BuildOptions = {
  addHosts: [],
  allow: [],
  annotations: [],
  attestations: [],
  builder: '',
  cacheFrom: [],
  cacheTo: [],
  cacheEnv: {},
  cgroupParent: '',
  noCache: false,
  noCacheFilters: [],
  pull: false,
  shmSize: '',
  ssh: [],
  ulimit: [],
};

/** Inputs whose form is checked here. */
export const optionSpecs = {
  annotations: { default: '' },
  ssh: { default: '' },
  'cache-from': { default: '' },
  'cache-to': { default: '' },
  cache: { default: 'off' },
  'no-cache': { default: 'false' },
  'no-cache-filters': { default: '' },
  pull: { default: 'false' },
  builder: { default: '' },
  'add-hosts': { default: '' },
  allow: { default: '' },
  'shm-size': { default: '' },
  ulimit: { default: '' },
  'cgroup-parent': { default: '' },
} as const;
export type OptionName = keyof typeof optionSpecs;

interface Form {
  readonly comma: 'separates' | 'belongs';
  readonly pattern: RegExp;
  readonly hint: string;
}

const name = '[A-Za-z0-9][A-Za-z0-9_.-]*';
const cacheForm: Form = {
  comma: 'belongs',
  // An image reference, or fields with a type.
  pattern: /^(?:[A-Za-z0-9][^\s,=]*|(?=.*\btype=[a-z0-9]+)[A-Za-z"][^\r\n]*)$/,
  hint: 'Write type=gha, type=registry,ref=host/repository:tag or another cache buildx knows.',
};
const forms = {
  'add-hosts': {
    comma: 'separates',
    pattern: /^[A-Za-z0-9][A-Za-z0-9_.-]*[:=][[\]0-9A-Za-z:.-]+$/,
    hint: 'Write host:address, for example docker:10.180.0.1.',
  },
  allow: {
    comma: 'separates',
    pattern: /^(?:network\.host|security\.insecure|device(?:=\S+)?|(?:fs|fs\.read|fs\.write|ssh)=\S+)$/,
    hint: 'Write network.host or security.insecure.',
  },
  annotations: {
    comma: 'belongs',
    pattern:
      /^(?:(?:manifest|index|manifest-descriptor|index-descriptor)(?:\[[^\]\s]+\])?(?:,(?:manifest|index|manifest-descriptor|index-descriptor)(?:\[[^\]\s]+\])?)*:)?[A-Za-z0-9][^\s=]*=/,
    hint: 'Write name=value, with manifest: or index: in front where it should stand.',
  },
  'cache-from': cacheForm,
  'cache-to': cacheForm,
  'no-cache-filters': {
    comma: 'separates',
    pattern: new RegExp(`^${name}$`),
    hint: 'Give names of stages, one a line.',
  },
  ssh: {
    comma: 'separates',
    pattern: new RegExp(`^${name}(?:=[^\\r\\n]+)?$`),
    hint: 'Write default, or id=socket-or-key.',
  },
  ulimit: {
    comma: 'belongs',
    pattern: /^[a-z]+=-?\d+(?::-?\d+)?$/,
    hint: 'Write name=soft:hard, for example nofile=1024:1024.',
  },
} as const satisfies Record<string, Form>;

/** @throws InputError naming the input */
export function readBuildOptions(reader: InputReader<OptionName>): Omit<BuildOptions, 'attestations'> {
  const list = (input: keyof typeof forms): readonly string[] => {
    const { comma, pattern, hint } = forms[input];
    const items = readList(reader, input, { comma });
    const wrong = items.find((item) => !pattern.test(item));
    if (wrong === undefined) return items;
    throw new InputError(input, `"${wrong.slice(0, 80)}" is not a valid value`, hint);
  };
  const word = (input: OptionName, pattern: RegExp, hint: string): string => {
    const text = reader.text(input);
    if (text === '' || pattern.test(text)) return text;
    throw new InputError(input, `"${text.slice(0, 80)}" is not a valid value`, hint);
  };
  return {
    addHosts: list('add-hosts'),
    allow: list('allow'),
    annotations: list('annotations'),
    builder: word('builder', new RegExp(`^${name}$`), 'Give the name that docker buildx ls shows.'),
    cacheFrom: list('cache-from'),
    cacheTo: list('cache-to'),
    cacheEnv: {},
    cgroupParent: word('cgroup-parent', /^[A-Za-z0-9/][\w./:@-]*$/, 'Give the path of a cgroup.'),
    noCache: reader.boolean('no-cache'),
    noCacheFilters: list('no-cache-filters'),
    pull: reader.boolean('pull'),
    shmSize: word('shm-size', /^\d+(?:\.\d+)?[bkmgBKMG]?[bB]?$/, 'Write a size such as 512m or 2g.'),
    ssh: list('ssh'),
    ulimit: list('ulimit'),
  };
}
