// Secret maps, masks and the redactor: no value survives in any text.
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ActionError, InputError } from '../src/errors.js';
import { createRedactor, parseSecretMap, requireSecret } from '../src/secrets.js';
import { loadYaml } from '../src/yaml-loader.js';

await loadYaml();

const text = `
registries:
  registry.example: "registry-password"
build:
  NPM_TOKEN: npm-token-value
seal-key: 0f0f0f0f0f0f0f0f
`;

describe('parseSecretMap', () => {
  it('reads groups and members of its own', () => {
    const { map } = parse(text);

    expect(map.group('registries').get('registry.example')).toBe('registry-password');
    expect(map.group('build').get('NPM_TOKEN')).toBe('npm-token-value');
    expect(map.group('environment').size).toBe(0);
    expect(map.top('seal-key')).toBe('0f0f0f0f0f0f0f0f');
    expect(map.top('registries')).toBeNull();
    expect(map.empty).toBe(false);
    expect(map.values).toHaveLength(3);
  });

  it.each(['', '  \n', '{}', '# none'])('reads %j as an empty map', (empty) => {
    expect(parse(empty).map.empty).toBe(true);
  });

  it('masks every value whole, each of its lines, and its base64 form', () => {
    const { masks } = parse('build:\n  KEY: |\n    first line of it\n    short\n    second line of it\n');

    expect(masks).toEqual([
      'first line of it\nshort\nsecond line of it\n',
      'first line of it',
      'second line of it',
      Buffer.from('first line of it\nshort\nsecond line of it\n').toString('base64'),
    ]);
  });

  it.each([
    ['a number', 'build: {PIN: 12345678}', 'build.PIN is not a text'],
    ['a boolean', 'build: {DEBUG: true}', 'build.DEBUG is not a text'],
    ['null', 'build: {TOKEN: }', 'build.TOKEN is not a text'],
    ['a short text', 'build: {REGION: "eu-1"}', 'build.REGION is shorter than 8 characters'],
    ['a third level', 'build: {A: {B: "long enough value"}}', 'build.A is not a text'],
    ['a list', 'build: ["long enough value"]', 'build is not a text'],
    ['a text instead of a map', 'just-one-long-secret', 'a YAML map was expected'],
    ['what is no YAML', 'a: [', 'a YAML map was expected, the text is not YAML'],
  ])('refuses %s', (_, wrong, problem) => {
    expect(() => parse(wrong)).toThrow(InputError);
    expect(() => parse(wrong)).toThrow(`build-secrets: ${problem}`);
  });

  it('masks the good values even when it refuses the map', () => {
    const masks: string[] = [];

    expect(() => parse('build: {A: "good-secret-value", B: 1}', masks)).toThrow('build.B');
    expect(masks).toContain('good-secret-value');
  });

  it('never quotes a value in an error', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[A-Za-z0-9+/]{9,30}$/), (secret) => {
        for (const broken of [
          `a: [${secret}`,
          secret,
          `a: {b: {c: ${secret}}}`,
          `a: *${secret}`,
          `a: "${secret}\\q"`,
        ]) {
          expect(messageOf(() => parse(broken))).not.toContain(secret);
        }
      }),
    );
  });
});

describe('requireSecret', () => {
  it('finds a member', () => {
    expect(requireSecret(parse(text).map, 'build', 'NPM_TOKEN', 'build-secrets')).toBe('npm-token-value');
  });

  it.each([
    ['an empty map', '{}', 'it is empty'],
    ['a map without it', text, 'it has no such member'],
  ])('says which workflow secret should hold it when there is %s', (_, map, found) => {
    const error = caught(() => requireSecret(parse(map).map, 'environment', 'DB', 'deploy-secrets'));

    expect(error).toBeInstanceOf(ActionError);
    expect(error).toMatchObject({ code: 'secrets-missing', message: expect.stringContaining(found) });
    expect((error as ActionError).hint).toContain('DEPLOY_SECRETS holding {}');
  });
});

describe('createRedactor', () => {
  it('leaves no secret in any text, in any form it knows', () => {
    const secret = fc
      .string({ unit: 'binary', minLength: 8, maxLength: 40 })
      .filter((value) => value.trim().length > 7);
    fc.assert(
      fc.property(fc.array(secret, { minLength: 1, maxLength: 5 }), fc.string(), (secrets, around) => {
        const { redact } = createRedactor(secrets);
        for (const value of secrets) {
          for (const form of [
            value,
            JSON.stringify(value).slice(1, -1),
            Buffer.from(value).toString('base64'),
            Buffer.from(value).toString('hex'),
          ]) {
            expect(redact(`${around}${form}${around}`)).not.toContain(form);
          }
        }
      }),
    );
  });

  it('covers each line of a value with several', () => {
    expect(
      createRedactor(['first line here\r\nno\nsecond line here']).redact('x second line here y no'),
    ).toBe('x *** y no');
  });

  it('covers the longer of two secrets that overlap', () => {
    expect(createRedactor(['password', 'password-long']).redact('a password-long b')).toBe('a *** b');
  });

  it('leaves a text without secrets as it is, and ignores an empty secret', () => {
    expect(createRedactor(['', ' ']).redact('all  good')).toBe('all  good');
  });
});

function parse(
  source: string,
  masks: string[] = [],
): { map: ReturnType<typeof parseSecretMap>; masks: string[] } {
  const map = parseSecretMap(source, { name: 'build-secrets', setSecret: (value) => void masks.push(value) });
  return { map, masks };
}

function caught(action: () => unknown): unknown {
  try {
    action();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}

function messageOf(action: () => unknown): string {
  const error = caught(action) as ActionError;
  return `${error.message} ${error.hint} ${String(error.cause ?? '')}`;
}
