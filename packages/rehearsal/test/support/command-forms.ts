// Hostile log lines: every command in every syntax, with the disguises that a build log can carry.

const names = [
  'set-output name=a',
  'save-state name=a',
  'set-env name=A',
  'add-path',
  'add-mask',
  'error',
  'warning file=x,line=1',
  'notice',
  'group',
  'endgroup',
  'debug',
  'echo',
  'stop-commands',
  'add-matcher',
];

const disguises: readonly ((name: string) => string)[] = [
  (name) => `::${name}::x`,
  (name) => `##[${name}]x`,
  (name) => `  ::${name}::x`,
  (name) => `\t::${name}::x`,
  (name) => `\uFEFF::${name}::x`,
  (name) => `\u00A0::${name}::x`,
  (name) => `\u2028::${name}::x`,
  (name) => `::${name.toUpperCase()}::x`,
  (name) => `#12 0.5 ##[${name}]x`,
  (name) => `\u001B[31m##[${name}]x`,
  (name) => `::${name}::::t0ken::`,
  (name) => `##[${name}]##[error]::error::x`,
  (name) => `::${name}::%0A::error::x`,
  (name) => `${'a'.repeat(3000)}##[${name}]x`,
  (name) => `::${name}::::4f1c8c3a-aaaa-4bbb-8ccc-00000000000::`,
];

export const commandForms: readonly string[] = names.flatMap((name) =>
  disguises.map((disguise) => disguise(name)),
);
