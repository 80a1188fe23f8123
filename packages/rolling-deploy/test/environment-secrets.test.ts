// Secrets on their way into the container: named, renamed, and never repeated in a message.
import { createInputReader } from '@headgate/kit/inputs';
import { createTestCore } from '@headgate/kit/testing/core';
import { describe, expect, it } from '@jest/globals';
import { type EnvironmentSecrets, resolveEnvironmentSecrets } from '../src/environment-secrets.js';
import { inputSpecs, readInputs } from '../src/inputs.js';

const others = {
  environment: 'e',
  target: 't',
  service: 'web',
  port: '1',
  image: `a@sha256:${'0'.repeat(64)}`,
};
const read = (given: Readonly<Record<string, string>>): EnvironmentSecrets =>
  readInputs(createInputReader(inputSpecs, createTestCore({ ...others, ...given }))).environmentSecrets;
const settings = (value: unknown): Readonly<Record<string, string>> => ({
  settings: JSON.stringify({ 'environment-secrets': value }),
});

describe('environment-secrets', () => {
  it.each<[Readonly<Record<string, string>>, readonly (readonly [string, string])[]]>([
    [{ 'environment-secrets': '' }, []],
    [
      { 'environment-secrets': 'A, B\nC=other-name' },
      [
        ['A', 'A'],
        ['B', 'B'],
        ['C', 'other-name'],
      ],
    ],
    [
      settings(['A', 'B=C']),
      [
        ['A', 'A'],
        ['B', 'C'],
      ],
    ],
    [settings({ A: { secret: 'B' } }), [['A', 'B']]],
  ])('are read from %j', (given, expected) => {
    expect([...read(given)]).toEqual(expected);
  });

  it.each([
    [{ 'environment-secrets': 'A=postgres://user:pasted-value@host' }, 'A must name a secret'],
    [{ 'environment-secrets': 'pasted-value!' }, 'no variable'],
    [{ 'environment-secrets': 'A\nA=B' }, 'A stands twice'],
    [settings({ A: 'pasted-value' }), 'A must name a secret'],
    [settings({ A: { secret: 'pasted value' } }), 'A must name a secret'],
  ])('refuse %j without repeating it', (given, problem) => {
    let said = '';
    try {
      read(given);
    } catch (error) {
      said = `${String(error)} ${JSON.stringify(error)}`;
    }
    expect(said).toContain(problem);
    expect(said).not.toContain('pasted');
  });

  it('become values by variable, and one that is absent is named with the secret to add it to', () => {
    const core = createTestCore({ 'deploy-secrets': '{environment: {DATABASE_URL: "a secret value"}}' });
    const map = createInputReader({ 'deploy-secrets': { default: '' } }, core).secretMap('deploy-secrets');

    expect([...resolveEnvironmentSecrets(new Map([['URL', 'DATABASE_URL']]), map)]).toEqual([
      ['URL', 'a secret value'],
    ]);
    expect(() => resolveEnvironmentSecrets(new Map([['URL', 'GONE']]), map)).toThrow(
      expect.objectContaining({ code: 'secrets-missing', hint: expect.stringContaining('DEPLOY_SECRETS') }),
    );
  });
});
