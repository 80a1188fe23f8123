// Which .dockerignore counts. Source: BuildKit, frontend/dockerui/config.go.
import { posix } from 'node:path';

/** `folder`: files of this machine; `git` and `archive`: fetched or streamed by the builder. */
export type ContextKind = 'folder' | 'git' | 'archive';

export interface IgnoreFacts {
  readonly context: ContextKind;
  /** Path of the context's folder; `.` for this one. */
  readonly folder: string;
  /** Path of the Dockerfile; null when it comes from standard input. */
  readonly dockerfile: string | null;
  /** Paths there are, of the two candidates at least. */
  readonly names: ReadonlySet<string>;
}

export interface IgnoreFile {
  /** Null when none counts. */
  readonly file: string | null;
  /** One sentence for people. */
  readonly reason: string;
}

export function ignoreFile({ context, folder, dockerfile, names }: IgnoreFacts): IgnoreFile {
  const common = posix.join(folder, '.dockerignore');
  const own = dockerfile === null ? null : `${posix.normalize(dockerfile)}.dockerignore`;
  const present = [own, common].filter((file): file is string => file !== null && names.has(file));
  if (context !== 'folder') {
    const ignored =
      present.length === 0 ? 'no .dockerignore is read' : `${present.join(' and ')} is not read`;
    return {
      file: null,
      reason: `The context is ${context === 'git' ? 'a Git repository' : 'an archive'}: ${ignored}.`,
    };
  }
  const [file = null] = present;
  if (file === null) return { file, reason: 'There is no .dockerignore: the whole folder is sent.' };
  const beaten = file === own && names.has(common) && common !== own ? ` instead of ${common}` : '';
  return { file, reason: `${file} counts${beaten}.` };
}
