// Files of a host by a few fixed scripts of its shell: paths and contents go in by standard input, so no text of ours or of
// anybody else is ever read as a command.
import { randomBytes } from 'node:crypto';
import type { CommandResult } from '@headgate/kit/process';
import { lastWords } from './ssh-failure.js';
import type { HostFiles } from './transport.js';

export type RunScript = (text: string, input: string) => Promise<CommandResult>;

/** Exit code for "there is none" or "there is one already". */
const other = 44;

/** Without quotes of the one kind, because the user's shell gets each of them between two. */
const scripts = {
  read: `IFS= read -r p; cat -- "$p" 2>/dev/null || { [ -e "$p" ] && exit 1; exit ${other}; }`,
  // Written aside and linked: whoever reads the file never sees half of it.
  create: `IFS= read -r p; IFS= read -r t; umask 022; set -C; mkdir -p -- "\${p%/*}" && cat > "$t" || exit 1; if [ -d "$p" ]; then r=1; elif ln -- "$t" "$p" 2>/dev/null; then r=0; elif [ -e "$p" ]; then r=${other}; else ln -- "$t" "$p"; r=$?; fi; rm -f -- "$t"; exit $r`,
  replace:
    'IFS= read -r p; IFS= read -r t; umask 022; set -C; cat > "$t" && { sync -d -- "$t" 2>/dev/null; mv -f -- "$t" "$p"; }',
  remove: 'IFS= read -r p; rm -f -- "$p"',
  sweep: `IFS= read -r p; find "\${p%/*}/." -name "\${p##*/}.*" -type f -mmin +5 -exec rm -f -- {} + 2>/dev/null || exit ${other}`,
} as const;

export function sshFiles(host: string, run: RunScript): HostFiles {
  const call = async (
    name: keyof typeof scripts,
    paths: readonly string[],
    content = '',
  ): Promise<CommandResult> => {
    for (const path of paths) if (/[\n\r\0]/.test(path)) throw new Error('a path has a line break in it');
    const result = await run(scripts[name], `${paths.join('\n')}\n${content}`);
    if (result.code === 0 || result.code === other) return result;
    throw new Error(
      `${host}: ${name} ${paths[0] ?? ''} failed (${result.code}): ${lastWords(result.stderr)}`,
    );
  };
  return {
    read: async (path) => {
      const { code, stdout } = await call('read', [path]);
      return code === other ? null : stdout;
    },
    create: async (path, content) => (await call('create', [path, aside(path)], content)).code === 0,
    replace: async (path, content) => void (await call('replace', [path, aside(path)], content)),
    remove: async (path) => void (await call('remove', [path])),
    sweep: async (path) => void (await call('sweep', [path])),
  };
}

function aside(path: string): string {
  return `${path}.${randomBytes(6).toString('hex')}`;
}
