// The part of a digest that people repeat.

/** The first 12 hex digits of `sha256:…`: what people repeat. */
export function digitsOf(subject: string): string {
  return subject.replace(/^sha256:/, '').slice(0, 12);
}
