// Inputs, the smoke command, arguments and environment of packer, and ids by region.
import { createInputReader } from '@headgate/kit/inputs';
import { createTestCore } from '@headgate/kit/testing/core';
import { describe, expect, it } from '@jest/globals';
import { type Inputs, inputSpecs, readInputs } from '../src/inputs.js';
import { regionsOf } from '../src/machine-image.js';
import { argumentsOf, environmentOf } from '../src/packer.js';
import { fillIn, parseSmoke } from '../src/smoke-command.js';
import { tfvarsText } from '../src/tfvars.js';

const read = (inputs: Readonly<Record<string, string>> = {}): Inputs =>
  readInputs(createInputReader(inputSpecs, createTestCore(inputs)));
const secrets = 'build: {TOKEN: "correct horse"}';

describe('the inputs', () => {
  it.each([
    ['template', { template: '-force' }],
    ['variables', { variables: 'a b=c' }],
    ['secrets', { secrets: 'token=TOKEN', variables: 'token=x' }],
    ['secrets', { settings: '{"secrets": {"token": "a value"}}' }],
    ['environment', { environment: 'GITHUB_TOKEN' }],
    ['environment', { environment: 'INPUT_BUILD-SECRETS' }],
    ['environment', { environment: 'LD_PRELOAD' }],
    ['on-error', { 'on-error': 'ask' }],
    ['parallel-builds', { 'parallel-builds': '-1' }],
    ['smoke-command', { 'smoke-command': 'docker run {id}' }],
    ['smoke-command', { 'smoke-command': '[]' }],
    ['tfvars-variable', { 'tfvars-variable': 'a"b' }],
    ['deadline', { deadline: '0s' }],
  ])('name %s in %j', (name, inputs) => {
    expect(() => read(inputs)).toThrow(new RegExp(`^${name}: `));
  });

  it('become arguments, one value an argument', () => {
    const inputs = read({
      variables: 'greeting=a b; $(c)',
      'var-files': 'one.pkrvars.hcl',
      only: 'docker.app\nfile.notes',
      except: 'null.check',
      'on-error': 'abort',
      'parallel-builds': '1',
    });

    expect(argumentsOf('build', inputs)).toEqual([
      'build',
      '-machine-readable',
      '-color=false',
      '-timestamp-ui=false',
      '-on-error=abort',
      '-parallel-builds=1',
      '-var-file=one.pkrvars.hcl',
      '-var',
      'greeting=a b; $(c)',
      '-only=docker.app,file.notes',
      '-except=null.check',
      '.',
    ]);
    expect(argumentsOf('init', inputs)).toEqual(['init', '.']);
  });

  it('give packer its secrets and the named variables, and nothing else', () => {
    const inputs = read({
      'build-secrets': secrets,
      secrets: 'token=TOKEN',
      environment: 'AWS_REGION, ABSENT',
    });

    expect(environmentOf(inputs, { AWS_REGION: 'eu-west-1', AWS_OTHER: 'x' })).toEqual({
      CHECKPOINT_DISABLE: '1',
      AWS_REGION: 'eu-west-1',
      PKR_VAR_token: 'correct horse',
    });
    expect(JSON.stringify(argumentsOf('build', inputs))).not.toContain('correct horse');
  });

  it('name a secret that is not there', () => {
    const inputs = read({
      settings: '{"secrets": {"token": {"secret": "OTHER"}}}',
      'build-secrets': secrets,
    });
    expect(() => environmentOf(inputs, {})).toThrow('build.OTHER');
  });
});

describe('a smoke command', () => {
  it('is a list for all, or one for each builder', () => {
    expect(parseSmoke(['a', 'b'])).toEqual({ all: ['a', 'b'], each: new Map() });
    expect(parseSmoke({ 'docker.app': ['a'] })).toEqual({
      all: null,
      each: new Map([['docker.app', ['a']]]),
    });
    expect(parseSmoke(null)).toEqual({ all: null, each: new Map() });
  });

  it('keeps every value inside its argument, and reads none of them again', () => {
    const values = { id: 'x y; {file}', file: '/a b', region: '', builder: 'docker.app' };
    expect(fillIn(['run', '--name={id}', '{file}{region}', '{other}'], values)).toEqual([
      'run',
      '--name=x y; {file}',
      '/a b',
      '{other}',
    ]);
  });
});

describe('ids', () => {
  it.each([
    ['us-east-1:ami-0a1', [{ region: 'us-east-1', id: 'ami-0a1' }]],
    [
      'eu-west-1:ami-1,cn-hangzhou:m-bp1',
      [
        { region: 'eu-west-1', id: 'ami-1' },
        { region: 'cn-hangzhou', id: 'm-bp1' },
      ],
    ],
    ['sha256:bb3e', [{ region: '', id: 'sha256:bb3e' }]],
    ['my-image', [{ region: '', id: 'my-image' }]],
    ['', [{ region: '', id: '' }]],
  ])('of %j are split by region', (artifactId, expected) => {
    expect(regionsOf(artifactId)).toEqual(expected);
  });

  it('go to Terraform by builder and region', () => {
    const part = { template: 't', type: 'x', artifactId: '', files: [] };
    const text = tfvarsText('images', [
      { ...part, builder: 'amazon-ebs.web', region: 'eu-west-1', id: 'ami-1' },
      { ...part, builder: 'amazon-ebs.web', region: 'us-east-1', id: 'ami-2' },
      { ...part, builder: 'docker.app', region: '', id: 'sha256:1' },
    ]);

    expect(JSON.parse(text)).toEqual({
      images: {
        'amazon-ebs.web': { 'eu-west-1': 'ami-1', 'us-east-1': 'ami-2' },
        'docker.app': { default: 'sha256:1' },
      },
    });
  });
});
