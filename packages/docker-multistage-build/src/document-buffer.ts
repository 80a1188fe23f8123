// A document that comes in lines, collected in bounded memory.

/** A progress document larger than this is dropped: BuildKit sends logs in pieces of a few KiB. */
const largestDocument = 4 * 1024 * 1024;
const linesJoined = 500;

export interface DocumentBuffer {
  add(line: string): void;
  /** Empty for a document that was too large. */
  text(): string;
}

/** Lines are joined as they come: a million short ones would weigh many times their text. */
export function createDocumentBuffer(first: string): DocumentBuffer {
  let lines = [first];
  let joined: string[] = [];
  let size = 0;
  return {
    add(line) {
      size += line.length + 1;
      if (size > largestDocument) {
        lines = [];
        joined = [];
      } else if (lines.push(line) >= linesJoined) {
        joined.push(lines.join('\n'));
        lines = [];
      }
    },
    text: () => (size > largestDocument ? '' : [...joined, ...lines].join('\n')),
  };
}
