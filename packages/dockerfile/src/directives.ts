// The directives in the first comment lines: syntax, escape and check. Source: BuildKit, frontend/dockerfile/parser.
import { DockerfileError, shown } from './dockerfile-error.js';

export interface CheckRules {
  /** Rules of BuildKit's checks that the file switches off; `all` stands for every one. */
  readonly skip: readonly string[];
  /** A warning of the builder's checks fails the build. */
  readonly error: boolean;
}

export interface Directives {
  /** The frontend's image; null without a `# syntax=` line. */
  readonly syntax: string | null;
  /** The syntax line names a frontend whose grammar may not be Docker's. */
  readonly foreign: boolean;
  readonly escapeToken: '\\' | '`';
  readonly check: CheckRules;
  /** Lines in front that hold them. */
  readonly lines: number;
}

const directive = /^#\s*([A-Za-z][A-Za-z0-9]*)\s*=\s*(\S.*)$/;
const names: ReadonlySet<string> = new Set(['syntax', 'escape', 'check']);
/** A value is looked at up to here: the longest line there may be is far longer than any directive. */
const longestDirective = 4096;
export const noCheckRules: CheckRules = { skip: [], error: false };

/**
 * Reads directives up to the first line that is none: a blank line, another comment, an instruction.
 * @param lines the file's lines without line ends
 * @throws {DockerfileError} `directive-invalid` for a repeated one and for an unknown escape character
 */
export function readDirectives(lines: readonly string[]): Directives {
  const found = new Map<string, string>();
  // BuildKit passes over a shebang for syntax and check; for escape it is a comment like any other, which ends the search.
  const first = lines[0]?.startsWith('#!') === true ? 1 : 0;
  let at = first;
  for (; at < lines.length; at += 1) {
    const { name, value } = readDirective((lines[at] ?? '').trimStart());
    if (!names.has(name)) break;
    if (first > 0 && found.has(name)) break;
    if (found.has(name))
      throw invalid(at, `a second ${name} directive stands here`, 'Remove one of the two.');
    if (first === 0 && name === 'escape' && value !== '\\' && value !== '`')
      throw invalid(at, `escape is ${shown(value)}`, 'Write # escape=\\ or # escape=`.');
    found.set(name, value);
  }
  const syntax = found.get('syntax')?.split(' ', 1)[0] ?? null;
  return {
    syntax,
    foreign: syntax !== null && !/(?:^|\/)docker\/dockerfile(?:-upstream)?(?:[:@-]|$)/.test(syntax),
    escapeToken: first === 0 && found.get('escape') === '`' ? '`' : '\\',
    check: readCheckRules(found.get('check') ?? ''),
    lines: first === 0 ? at : 0,
  };
}

function readDirective(comment: string): { readonly name: string; readonly value: string } {
  const [, name = '', value = ''] = directive.exec(comment.slice(0, longestDirective).trimEnd()) ?? [];
  return { name: name.toLowerCase(), value };
}

/** Characters of a file in which its directives stand. */
const longestHead = 16 * 1024;

/** True when a `# syntax=` line hands the file to a frontend whose grammar may not be Docker's. Any text may be asked. */
export function hasForeignSyntax(text: string): boolean {
  const head = text.slice(0, longestHead).replace(/^\uFEFF/, '');
  try {
    return readDirectives(head.split('\n', 8)).foreign;
  } catch {
    // Directives that Docker refuses are Docker's all the same.
    return false;
  }
}

/** `skip=A,B;error=true`; what cannot be read counts as absent, the builder will say so. */
export function readCheckRules(value: string): CheckRules {
  const parts = new Map(
    value
      .split(' ', 1)
      .flatMap((text) => text.split(';', 3))
      .map((part) => {
        const [key = '', setting = ''] = part.split('=', 2);
        return [key.trim(), setting.trim()];
      }),
  );
  const skip = parts.get('skip') ?? '';
  return {
    skip: skip === '' ? [] : skip.split(',').map((rule) => rule.trim()),
    error: /^(?:1|t|true)$/i.test(parts.get('error') ?? ''),
  };
}

/** The check rules in an instruction's comments, which count for that instruction; null without any. */
export function checkRulesIn(comments: readonly string[]): CheckRules | null {
  for (const comment of comments) {
    const { name, value } = readDirective(`#${comment}`);
    if (name === 'check') return readCheckRules(value);
  }
  return null;
}

function invalid(index: number, found: string, hint: string): DockerfileError {
  return new DockerfileError({
    code: 'directive-invalid',
    line: index + 1,
    message: `Each directive stands once and with a known value; ${found}.`,
    hint,
  });
}
