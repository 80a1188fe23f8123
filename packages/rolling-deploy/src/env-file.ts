// Environment files: NAME=VALUE lines, comments, quotes; read as Compose does, without expansion.

export type EnvFile =
  | { readonly ok: true; readonly values: ReadonlyMap<string, string> }
  | { readonly ok: false; readonly line: number; readonly problem: string };

const escapes: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', '"': '"', '\\': '\\' };

export function parseEnvFile(content: string): EnvFile {
  const values = new Map<string, string>();
  for (const [index, raw] of content
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .entries()) {
    const line = raw.trim();
    if (line === '' || line.startsWith('#')) continue;
    const [, name, rest = ''] = /^(?:export\s+)?([A-Za-z_][A-Za-z0-9_.-]*)\s*=\s*(.*)$/.exec(line) ?? [];
    if (name === undefined) return { ok: false, line: index + 1, problem: 'NAME=VALUE was expected' };
    const value = readValue(rest);
    if (value === null)
      return { ok: false, line: index + 1, problem: `the quote in ${name} is not closed on its line` };
    values.set(name, value);
  }
  return { ok: true, values };
}

function readValue(rest: string): string | null {
  const quote = rest.charAt(0);
  if (quote !== '"' && quote !== "'") return rest.replace(/\s+#.*$/, '').trim();
  const closed = quote === '"' ? /^"((?:[^"\\]|\\.)*)"\s*(?:#.*)?$/ : /^'([^']*)'\s*(?:#.*)?$/;
  const inner = closed.exec(rest)?.[1];
  if (inner === undefined) return null;
  return quote === "'" ? inner : inner.replace(/\\(.)/g, (whole, char: string) => escapes[char] ?? whole);
}
