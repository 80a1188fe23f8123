// A Dockerfile's text as lines, in the limits that BuildKit's reader has.
import { DockerfileError } from './dockerfile-error.js';

/** BuildKit reads lines into a buffer of 64 KiB, line end included. */
const longestLine = 65_535;
/** Characters of a whole file; the largest public ones have 100,000. */
export const longestFile = 4 * 1024 * 1024;

/**
 * @returns the lines, each with the carriage return it may end with; none for what follows the last line end
 * @throws {DockerfileError} `too-large`, `line-too-long`
 */
export function splitLines(text: string): readonly string[] {
  if (text.length > longestFile) {
    throw new DockerfileError({
      code: 'too-large',
      line: null,
      message: `A Dockerfile has at most ${longestFile} characters; this one has ${text.length}.`,
      hint: 'Move what is embedded in it into files of the build context.',
    });
  }
  const lines = text.replace(/^\uFEFF/, '').split('\n');
  if (lines.at(-1) === '') lines.pop();
  for (const [index, line] of lines.entries()) {
    // No character takes more than three bytes of UTF-8 for each unit counted here.
    if (line.length * 3 <= longestLine || Buffer.byteLength(line) <= longestLine) continue;
    throw new DockerfileError({
      code: 'line-too-long',
      line: index + 1,
      message: `A line has at most ${longestLine} bytes; this one has ${Buffer.byteLength(line)}.`,
      hint: 'Break the line with the escape character.',
    });
  }
  return lines;
}

export function withoutReturn(line: string): string {
  let end = line.length;
  while (end > 0 && line[end - 1] === '\r') end -= 1;
  return line.slice(0, end);
}
