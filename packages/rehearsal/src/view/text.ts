// Text for terminals: columns, times, numbers, and nothing a job could smuggle into the terminal.

/** Replaces control characters, so that names and log lines cannot move the cursor or colour the rest. */
export function clean(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, (character) => (character === '\t' ? ' ' : '\uFFFD'));
}

/** `0.8 s`, `1 m 05 s`. */
export function duration(seconds: number): string {
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)} m ${String(whole % 60).padStart(2, '0')} s`;
}

/** `31,204` */
export function number(value: number): string {
  return String(Math.round(value)).replace(/\B(?=(?:\d{3})+$)/g, ',');
}

/** At most `width` characters, the end replaced by an ellipsis. */
export function cut(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, Math.max(0, width - 1))}…`;
}

/** The text in pieces of at most `width` characters. */
export function wrap(text: string, width: number): readonly string[] {
  const pieces: string[] = [];
  for (let at = 0; at < text.length || at === 0; at += width) pieces.push(text.slice(at, at + width));
  return pieces;
}

export interface Column {
  readonly title: string;
  readonly align: 'left' | 'right';
}

/** Rows under underlined titles, columns as wide as their widest cell. */
export function table(columns: readonly Column[], rows: readonly (readonly string[])[]): readonly string[] {
  const titles = columns.map((column) => column.title);
  const widths = columns.map((_, index) =>
    Math.max(...[titles, ...rows].map((row) => (row[index] ?? '').length)),
  );
  const line = (cells: readonly string[]): string =>
    columns
      .map((column, index) => {
        const cell = cells[index] ?? '';
        const width = widths[index] ?? 0;
        return column.align === 'left' ? cell.padEnd(width) : cell.padStart(width);
      })
      .join('  ')
      .trimEnd();
  return [line(titles), line(widths.map((width) => '─'.repeat(width))), ...rows.map(line)];
}
