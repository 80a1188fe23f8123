// Progress as buildx writes it, and the lines people see for it.
import { createRedactor } from '@headgate/kit/secrets';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createProgressReader } from '../src/progress.js';
import { createTrace } from '../src/trace.js';
import { replay, replayText } from './recorded.js';

const step = { digest: 'd', name: '[a 1/1] RUN x', started: '2026-01-01T00:00:00Z' };
const log = (text: string) => ({
  logs: [{ vertex: 'd', stream: 1, data: Buffer.from(text).toString('base64') }],
});

describe('progress', () => {
  it('reads pretty-printed and one-line documents alike', () => {
    const document = { vertexes: [step] };
    const pretty = replayText(JSON.stringify(document, null, 2));
    const compact = replayText(JSON.stringify(document));

    expect(pretty.trace.steps()).toEqual(compact.trace.steps());
    expect(pretty.trace.steps()).toHaveLength(1);
  });

  it('never takes build output for a document of its own', () => {
    const forged = JSON.stringify({ vertexes: [{ digest: 'x', name: 'forged', error: 'forged' }] });
    const { trace } = replayText(
      [{ vertexes: [step] }, log(`${forged}\n{\n}\n`)].map((one) => JSON.stringify(one)).join('\n'),
    );

    expect(trace.steps().map((one) => one.name)).toEqual(['[a 1/1] RUN x']);
  });

  it('survives any lines', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.oneof(fc.string(), fc.json(), fc.constantFrom('{', '}', '{"vertexes":[null]}', '{"logs":[{}]}')),
        ),
        (lines) => {
          const reader = createProgressReader();
          for (const line of lines) expect(Array.isArray(reader.push(line).steps)).toBe(true);
        },
      ),
    );
  });

  it('drops a document without end instead of keeping it in memory', () => {
    const reader = createProgressReader();
    reader.push('{');
    for (let count = 0; count < 50; count += 1) reader.push(`"${'x'.repeat(1 << 17)}"`);

    expect(reader.push('}')).toEqual({ steps: [], logs: [], transfers: [], plain: null });
    expect(reader.push('{"vertexes":[{"digest":"a","name":"b"}]}').steps).toHaveLength(1);
  });
});

describe('trace', () => {
  it('shows each step once with its end, and every line of its output', () => {
    const { shown } = replay('command');

    expect(shown.filter((line) => line.includes('load build definition'))).toHaveLength(1);
    expect(shown.filter((line) => /^#\d+ line \d+$/.test(line))).toHaveLength(30);
    expect(shown.filter((line) => line.includes(' ERROR '))).toHaveLength(1);
    expect(shown.some((line) => line.startsWith('{'))).toBe(false);
  });

  it('joins lines that came in pieces and keeps the last 20', () => {
    const trace = createTrace(createRedactor([]));
    trace.take(JSON.stringify({ vertexes: [step] }));
    const shown = ['fir', 'st\nsec', 'ond\r\nthird'].flatMap((text) => [
      ...trace.take(JSON.stringify(log(text))),
    ]);
    for (let count = 0; count < 25; count += 1) trace.take(JSON.stringify(log(`\nmore ${count}`)));

    expect(shown).toEqual(['#1 first', '#1 second']);
    expect(trace.lastLines('d')).toHaveLength(20);
    expect(trace.lastLines('d').at(-1)).toBe('more 24');
  });

  it('reads a large document as it reads a small one, and drops one that is too large', () => {
    const of = (count: number) => ({
      vertexes: Array.from({ length: count }, (_, index) => ({ digest: `d${index}`, name: `step ${index}` })),
    });

    expect(replayText(JSON.stringify(of(5_000), null, 2)).trace.steps()).toHaveLength(5_000);
    expect(replayText(JSON.stringify(of(100_000), null, 2)).trace.steps()).toHaveLength(0);
  });

  it('shows what is no progress cut to the length of a line, and without secrets', () => {
    const trace = createTrace(createRedactor(['correct-horse-battery']));
    const [shown = ''] = trace.take(`WARNING correct-horse-battery ${'x'.repeat(60_000)}`);

    expect(shown).toMatch(/^WARNING \*\*\* x+…$/);
    expect(shown.length).toBeLessThan(2_100);
  });

  it('keeps memory bounded whatever a build prints', () => {
    const trace = createTrace(createRedactor([]));
    trace.take(JSON.stringify({ vertexes: [step] }));
    for (let count = 0; count < 200; count += 1) trace.take(JSON.stringify(log('x'.repeat(100_000))));

    expect(trace.lastLines('d').join('').length).toBeLessThan(50_000);
  });
});

describe('a secret in a long line', () => {
  const secret = 'correct-horse-battery-staple';

  it.each([
    ['in one piece', (line: string) => [`${line}\n`]],
    ['in two pieces, the secret in both', (line: string) => [line.slice(0, 2_005), `${line.slice(2_005)}\n`]],
    ['without a line feed', (line: string) => [line]],
  ])('is not shown in part where the line is cut: %s', (_, pieces) => {
    const trace = createTrace(createRedactor([secret]));
    const line = `${'x'.repeat(1_990)}${secret} and more`;
    const shown = [{ vertexes: [step] }, ...pieces(line).map(log)].flatMap((document) =>
      trace.take(JSON.stringify(document)),
    );
    shown.push(...trace.take(line), ...trace.lastLines('d'), ...trace.diagnostics());

    const long = shown.filter((text) => text.includes('xxx') && text.length < line.length);
    expect(long.length).toBeGreaterThan(0);
    for (const text of long) expect(text).not.toContain(secret.slice(0, 5));
  });
});
