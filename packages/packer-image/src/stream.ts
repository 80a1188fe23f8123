// Packer's machine-readable output: time, target, type and data, with commas and line breaks inside data escaped.

export interface StreamLine {
  /** '' for what belongs to no builder. */
  readonly target: string;
  readonly type: string;
  readonly data: readonly string[];
}

/** One line, or null for what is none: a plugin's panic, a tool's own output. */
export function parseLine(line: string): StreamLine | null {
  const [time = '', target, type, ...data] = line.replace(/\r$/, '').split(',');
  if (!/^\d+$/.test(time) || target === undefined || type === undefined || type === '') return null;
  return { target, type, data: data.map(unescaped) };
}

function unescaped(text: string): string {
  return text.replace(/%!\(PACKER_COMMA\)|\\r|\\n/g, (mark) =>
    mark === '\\r' ? '\r' : mark === '\\n' ? '\n' : ',',
  );
}

export interface StreamArtifact {
  readonly builderId: string;
  readonly id: string;
  readonly description: string;
  readonly files: readonly string[];
}

export interface StreamError {
  readonly target: string;
  readonly message: string;
}

export interface Stream {
  /** Takes one line; returns what to show of it, '' for nothing. */
  take(line: string): string;
  /** Target → its artifacts, each once: packer repeats one for every post-processor that keeps it. */
  artifacts(): ReadonlyMap<string, readonly StreamArtifact[]>;
  errors(): readonly StreamError[];
  /** Every builder that packer said it has finished, for good or ill. */
  ended(): ReadonlySet<string>;
}

interface Draft {
  builderId: string;
  id: string;
  description: string;
  files: string[];
  missing: boolean;
}

/** Collects a whole build; nothing in it throws, whatever the lines hold. */
export function createStream(): Stream {
  const drafts = new Map<string, Map<string, Draft>>();
  const errors: StreamError[] = [];
  const ended = new Set<string>();
  return {
    take(line) {
      const parsed = parseLine(line);
      if (parsed === null) return line;
      const { target, type, data } = parsed;
      if (type === 'artifact') note(drafts, target, data);
      if (type === 'error' && target !== '') errors.push({ target, message: (data[0] ?? '').trim() });
      if (type !== 'ui') return '';
      const text = (data[1] ?? '').replace(/^\n+|\n+$/g, '');
      const [, name] = /^Build '([^']+)' (?:finished|errored)/.exec(text) ?? [];
      if (name !== undefined) ended.add(name);
      return text;
    },
    artifacts: () => new Map([...drafts].map(([target, each]) => [target, unique([...each.values()])])),
    errors: () => errors,
    ended: () => ended,
  };
}

function note(drafts: Map<string, Map<string, Draft>>, target: string, data: readonly string[]): void {
  const [index = '', key = '', ...values] = data;
  const ofTarget = drafts.get(target) ?? new Map<string, Draft>();
  drafts.set(target, ofTarget);
  const draft = ofTarget.get(index) ?? { builderId: '', id: '', description: '', files: [], missing: false };
  ofTarget.set(index, draft);
  if (key === 'builder-id') draft.builderId = values[0] ?? '';
  if (key === 'id') draft.id = values[0] ?? '';
  if (key === 'string') draft.description = values[0] ?? '';
  if (key === 'file') draft.files.push(values[1] ?? '');
  if (key === 'nil') draft.missing = true;
}

function unique(drafts: readonly Draft[]): readonly StreamArtifact[] {
  const found = drafts
    .filter(({ missing }) => !missing)
    .map(({ builderId, id, description, files }) => ({ builderId, id, description, files }));
  const nameOf = ({ builderId, id, files }: StreamArtifact): string => JSON.stringify([builderId, id, files]);
  return [...new Map(found.map((artifact) => [nameOf(artifact), artifact])).values()];
}
