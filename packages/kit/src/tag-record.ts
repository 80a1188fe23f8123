// The line of a release tag's message that names its record.

/** `Headgate-Record: sha256:…` */
export function recordLine(digest: string): string {
  return `Headgate-Record: ${digest}`;
}

/** `sha256:…`; null for a message that names none. */
export function recordNamedBy(message: string): string | null {
  return /^Headgate-Record: (sha256:[0-9a-f]{64})$/m.exec(message)?.[1] ?? null;
}
