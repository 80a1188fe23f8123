// Values that must not be seen: in logs they become `***`, in outputs the output is dropped.

export interface Masks {
  /** Adds a value, each of its lines, and its usual encodings. Empty values are ignored. */
  add(value: string): void;
  mask(text: string): string;
  /** Whether the text contains a masked value. */
  hides(text: string): boolean;
}

/** The three Base64 forms of a value at any offset inside a longer text, without the bytes that depend on neighbours. */
function base64Forms(value: string): readonly string[] {
  const bytes = Buffer.from(value, 'utf8');
  if (bytes.length < 3) return [bytes.toString('base64')];
  const shifted = [0, 1, 2].map((shift) => {
    const text = Buffer.concat([Buffer.alloc(shift), bytes])
      .toString('base64')
      .replace(/=+$/u, '');
    const start = shift === 0 ? 0 : shift + 1;
    const tail = (bytes.length + shift) % 3;
    return text.slice(start, tail === 0 ? undefined : -1);
  });
  return [bytes.toString('base64'), ...shifted.filter((text) => text.length > 3)];
}

function formsOf(value: string): readonly string[] {
  const json = JSON.stringify(value).slice(1, -1);
  const xml = value.replace(/[<>&"']/gu, (character) => `&#${character.charCodeAt(0)};`);
  return [value, json, encodeURIComponent(value.toWellFormed()), xml, ...base64Forms(value)];
}

/** An empty set. Source: the encoders of actions/runner (`ValueEncoders`). */
export function createMasks(): Masks {
  const values = new Set<string>();
  let expression: RegExp | null = null;
  const rebuild = (): void => {
    const longestFirst = [...values].sort((left, right) => right.length - left.length);
    expression = new RegExp(
      longestFirst.map((value) => value.replace(/[\\^$.*+?()[\]{}|/]/gu, '\\$&')).join('|'),
      'gu',
    );
  };
  return {
    add(value) {
      const parts = [value, ...value.split(/\r\n|\r|\n/u)]
        .map((part) => part.trim())
        .filter((part) => part !== '');
      const before = values.size;
      for (const part of parts) for (const form of formsOf(part)) values.add(form);
      if (values.size !== before) rebuild();
    },
    mask: (text) => (expression === null ? text : text.replace(expression, '***')),
    hides: (text) => expression !== null && text.search(expression) !== -1,
  };
}
