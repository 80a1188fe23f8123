// What `headgate check --github` finds: what was expected, what is there, where it is changed; and what it could not see.

export interface Finding {
  /** An error stops a delivery or takes a guarantee away; a warning weakens one. */
  readonly severity: 'error' | 'warning';
  readonly subject: string;
  readonly expected: string;
  readonly found: string;
  /** Where people change it. */
  readonly page: string;
  /** A command that changes it; null where the page is shorter. */
  readonly command: string | null;
}

/** Something that the token may not see: said, never guessed. */
export interface Unseen {
  readonly subject: string;
  /** The permission it would take. */
  readonly needs: string;
}

export interface Findings {
  readonly findings: readonly Finding[];
  readonly unseen: readonly Unseen[];
}

export const nothingFound: Findings = { findings: [], unseen: [] };

export function unseenBy(subject: string, needs: string): Findings {
  return { findings: [], unseen: [{ subject, needs }] };
}

export function found(...findings: readonly (Finding | null)[]): Findings {
  return { findings: findings.filter((each) => each !== null), unseen: [] };
}

export function together(all: readonly Findings[]): Findings {
  return {
    findings: all.flatMap(({ findings }) => findings),
    unseen: all.flatMap(({ unseen }) => unseen),
  };
}

/** A word for a command line that people copy. */
export function shellWord(text: string): string {
  return /^[A-Za-z0-9_@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
