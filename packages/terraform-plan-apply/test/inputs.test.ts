// Inputs that are wrong are refused by name before anything is started.
import { createInputReader } from '@headgate/kit/inputs';
import { createTestCore } from '@headgate/kit/testing/core';
import { describe, expect, it } from '@jest/globals';
import { type Inputs, inputSpecs, readInputs, stageOf } from '../src/inputs.js';

function read(inputs: Readonly<Record<string, string>>): Inputs {
  const core = createTestCore({ mode: 'plan', environment: 'staging', ...inputs });
  return readInputs(createInputReader(inputSpecs, core));
}

describe('readInputs', () => {
  it.each<[string, Readonly<Record<string, string>>, RegExp]>([
    ['another mode', { mode: 'destroy' }, /^mode: /],
    ['another tool', { tool: 'sh' }, /^tool: /],
    [
      'machine images without a record',
      { 'machine-images-variable': 'x' },
      /^machine-images-variable: .*record/,
    ],
    [
      'machine images for no variable',
      { 'machine-images-variable': '-x', 'record-digest': 'x' },
      /^machine-images-variable: "-x" is no name/,
    ],
    ['a workspace that is a path', { workspace: '../other' }, /^workspace: /],
    ['an environment of two lines', { environment: 'a\nb' }, /^environment: /],
    ['a digest of another form', { 'plan-digest': 'sha1:00' }, /^plan-digest: /],
    ['an apply without an approved digest', { mode: 'apply' }, /^plan-digest: neither/],
    [
      'a subject without a record',
      { mode: 'apply', 'plan-digest': `sha256:${'0'.repeat(64)}`, subject: 'x' },
      /^subject: /,
    ],
    [
      'arguments for the tool',
      { 'pass-environment': 'TF_CLI_ARGS_plan' },
      /^pass-environment: .*every command/,
    ],
    ['the tool’s log', { 'pass-environment': 'TF_LOG' }, /^pass-environment: /],
    ['replaced providers', { 'pass-environment': 'TF_REATTACH_PROVIDERS' }, /^pass-environment: /],
    ['tokens of the job', { 'pass-environment': 'ACTIONS_ID_TOKEN_REQUEST_TOKEN' }, /^pass-environment: /],
    ['a library to load', { 'secret-environment': 'LD_PRELOAD=X' }, /^secret-environment: /],
    ['a backend attribute that is code', { 'backend-config': 'a}b=c' }, /^backend-config: /],
    ['a variable that is no name', { 'secret-variables': 'a b=C' }, /^variables: /],
    ['variables that are a list', { variables: '[1]' }, /^variables: /],
    ['no time at all', { deadline: '0s' }, /^deadline: /],
    ['an artifact that is no number', { 'plan-artifact-id': 'latest' }, /^plan-artifact-id: /],
    ['a secret that is too short', { 'deploy-secrets': 'seal-key: abc' }, /^deploy-secrets: /],
  ])('refuses %s', (_, inputs, message) => {
    expect(() => read(inputs)).toThrow(message);
  });

  it('takes secret variables from references and from lines', () => {
    const { variables } = read({
      variables: 'a: {secret: A}\nb: [1]\nc: {secret: 1}',
      'secret-variables': 'd=D',
    });

    expect(variables.plain).toEqual({ b: [1], c: { secret: 1 } });
    expect([...variables.secret]).toEqual([
      ['d', 'D'],
      ['a', 'A'],
    ]);
  });
});

describe('stageOf', () => {
  it.each([
    [{ INPUT_MODE: 'plan' }, 'plan'],
    [{ INPUT_MODE: 'apply' }, 'deploy'],
    [{ INPUT_SETTINGS: '{"mode": "apply"}' }, 'deploy'],
    [{}, 'plan'],
  ])('%j is %s', (env, stage) => {
    expect(stageOf(env)).toBe(stage);
  });
});
