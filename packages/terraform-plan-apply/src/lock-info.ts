// The lock that Terraform reports when it cannot have it or cannot give it back.

export interface LockInfo {
  readonly id: string;
  readonly operation: string;
  readonly who: string;
  readonly created: string;
}

/** The last lock block in a text; null when there is none. */
export function parseLock(text: string): LockInfo | null {
  const lines = text.split('\n').map((line) => line.replace(/^[\s│|]*/, '').trimEnd());
  const start = lines.lastIndexOf('Lock Info:');
  if (start < 0) return null;
  const field = (name: string): string =>
    lines
      .slice(start, start + 10)
      .find((line) => line.startsWith(`${name}:`))
      ?.slice(name.length + 1)
      .trim() ?? '';
  const id = field('ID');
  if (!/^[\w./:@ -]{1,256}$/.test(id)) return null;
  return { id, operation: field('Operation'), who: field('Who'), created: field('Created') };
}

/** One sentence, without the holder's words running on. */
export function describeLock({ id, operation, who, created }: LockInfo): string {
  const short = (text: string): string => text.replace(/[^\x20-\x7e]/g, '').slice(0, 100);
  return `lock ${id}, held by ${short(who)} for ${short(operation)} since ${short(created)}`;
}
