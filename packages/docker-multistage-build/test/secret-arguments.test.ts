// Secrets that would stay readable in an image: by name a warning, by value a refusal.
import { createInputReader } from '@headgate/kit/inputs';
import { isSecretName } from '@headgate/kit/secret-names';
import { createTestCore } from '@headgate/kit/testing/core';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { inputSpecs, readInputs } from '../src/inputs.js';
import { secretNameWarnings } from '../src/secret-arguments.js';

describe('a name', () => {
  it.each(['NPM_TOKEN', 'npm_token', 'NPMTOKEN', 'GH_PAT', 'PGPASSWORD', 'DB_PASS', 'AWS_SECRET_ACCESS_KEY'])(
    '%s looks like a secret',
    (name) => expect(isSecretName(name)).toBe(true),
  );

  it.each(['NODE_IMAGE', 'PUBLIC_KEY', 'TOKEN_FILE', 'KEY_VERSION', 'MONKEY', 'COMPASS', 'PATH', 'AUTHOR'])(
    '%s does not',
    (name) => expect(isSecretName(name)).toBe(false),
  );

  it('is warned about without its value, and only when it has one', () => {
    const warnings = secretNameWarnings(
      new Map([
        ['NPM_TOKEN', 'the value itself'],
        ['API_KEY', ''],
        ['MODE', 'fast'],
      ]),
    );

    expect(warnings).toEqual([expect.stringContaining('NPM_TOKEN looks like a secret')]);
    expect(warnings.join('')).not.toContain('the value itself');
  });
});

describe('a value of build-secrets', () => {
  const read = (given: Readonly<Record<string, string>>): unknown =>
    readInputs(createInputReader(inputSpecs, createTestCore(given)));
  const refusal = (given: Readonly<Record<string, string>>): string => {
    try {
      read(given);
      return '';
    } catch (problem) {
      return `${String(problem)} ${JSON.stringify(problem)}`;
    }
  };

  it.each([
    ['build-args', 'MODE=before-s3cret-value-after'],
    ['build-args', `MODE=${Buffer.from('s3cret-value').toString('base64')}`],
    ['labels', 'org.example.note=s3cret-value'],
    ['build-contexts', 'base=https://x:s3cret-value@example.com/a.git'],
  ])('is refused in %s (%s) and not repeated', (input, line) => {
    const said = refusal({ [input]: line, 'build-secrets': '{build: {TOKEN: s3cret-value}}' });

    expect(said).toContain(`${input}: `);
    expect(said).toContain('--mount=type=secret');
    expect(said).not.toContain('s3cret-value');
  });

  it('never gets into an argument, whatever stands around it', () => {
    const text = fc.string({ minLength: 8, maxLength: 20 }).filter((value) => value.trim() === value);
    const around = fc.stringMatching(/^[a-z ]{0,5}$/);
    fc.assert(
      fc.property(text, around, around, (value, before, after) => {
        const secrets = JSON.stringify({ build: { TOKEN: value } });
        const settings = JSON.stringify({ 'build-args': { MODE: `x${before}${value}${after}x` } });
        expect(() => read({ settings, 'build-secrets': secrets })).toThrow('build-args: MODE holds');
      }),
    );
  });
});
