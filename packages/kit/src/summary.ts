// Markdown for job summaries and comments, with everything from outside escaped.

/** Text that shows as itself: no Markdown, no HTML, no mention, no link, on one line. */
export function escapeMarkdown(text: string): string {
  return visible(text)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replace(/[\\`*_{}[\]()#+!|~$^=-]/g, (mark) => `\\${mark}`)
    .replaceAll('@', '@\u2060')
    .replace(/(https?|ftp|mailto|www)([:.])/gi, '$1\u2060$2');
}

/** White space becomes a space; other control characters, and marks that reorder or hide text, go. */
function visible(text: string): string {
  return Array.from(text, (character) => {
    const point = character.codePointAt(0) ?? 0;
    if (/\s/.test(character)) return ' ';
    return isHidden(point) ? '' : character;
  }).join('');
}

/** C0, C1, soft hyphen, zero-width and direction marks, invisible operators, byte order mark, tags. */
function isHidden(point: number): boolean {
  return (
    point < 0x20 ||
    (point >= 0x7f && point <= 0x9f) ||
    point === 0xad ||
    point === 0x61c ||
    point === 0x180e ||
    (point >= 0x200b && point <= 0x200f) ||
    (point >= 0x202a && point <= 0x202e) ||
    (point >= 0x2060 && point <= 0x206f) ||
    point === 0xfeff ||
    (point >= 0xfff9 && point <= 0xfffb) ||
    (point >= 0xe0000 && point <= 0xe0fff)
  );
}

/** Inline code; the fence is longer than any run of backticks inside. */
export function code(text: string): string {
  const line = text.replace(/[\r\n]+/g, ' ').replaceAll('|', '\\|');
  const fence = '`'.repeat(longestRun(line) + 1);
  const pad = line === '' || line.startsWith('`') || line.endsWith('`') ? ' ' : '';
  return `${fence}${pad}${line}${pad}${fence}`;
}

/** A link, when the address is a plain web address; else the text alone. The text is escaped. */
export function link(text: string, url: string): string {
  const shown = escapeMarkdown(text);
  return /^https?:\/\/[A-Za-z0-9._~:/?#@&=%+,;-]+$/.test(url) ? `[${shown}](${url})` : shown;
}

/** `1 instance`, `2 instances`. */
export function counted(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

/** A fenced block; nothing inside can close it. */
export function codeBlock(text: string, language = ''): string {
  const fence = '`'.repeat(Math.max(3, longestRun(text) + 1));
  return `${fence}${language}\n${text}\n${fence}\n`;
}

/** `level` 1 to 6; the text is escaped. */
export function heading(level: number, text: string): string {
  return `${'#'.repeat(Math.min(6, Math.max(1, level)))} ${escapeMarkdown(text)}\n\n`;
}

/** A table; head and cells must be escaped or made by `code` already. Short rows are filled. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${head.map((_, index) => cells[index] ?? '').join(' | ')} |\n`;
  return `${line(head)}${line(head.map(() => '---'))}${rows.map(line).join('')}\n`;
}

/** A fold; the title is escaped, the body is Markdown. */
export function details(title: string, body: string): string {
  return `<details><summary>${escapeMarkdown(title)}</summary>\n\n${body}\n\n</details>\n\n`;
}

function longestRun(text: string): number {
  return Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
}
