import { fileURLToPath } from 'node:url';
import { createInputReader } from '@headgate/kit/inputs';
import { contractProblems } from '@headgate/kit/testing/contract';
import { createTestCore } from '@headgate/kit/testing/core';
import { describe, expect, it } from '@jest/globals';
import { type Inputs, inputSpecs, outputNames, readInputs, stageOf } from '../src/inputs.js';

function read(inputs: Readonly<Record<string, string>>): Inputs {
  return readInputs(createInputReader(inputSpecs, createTestCore(inputs)));
}

describe('inputs', () => {
  it('are those of action.yml', () => {
    const file = fileURLToPath(new URL('../action.yml', import.meta.url));

    expect(contractProblems({ file, specs: inputSpecs, outputNames })).toEqual([]);
  });

  it('of mode decide', () => {
    expect(read({ mode: 'decide', vars: '{"A": "1"}', 'github-token': 't' })).toEqual({
      mode: 'decide',
      restore: { version: '', environment: '' },
      configuration: 'headgate.yml',
      variables: new Map([['A', '1']]),
      githubToken: 't',
    });
  });

  it('of mode collect: only the results of jobs are read from needs', () => {
    const needs = '{"images": {"result": "success", "outputs": {"x": "y"}}, "deploy": {"result": "skipped"}}';

    expect(read({ mode: 'collect', barrier: 'images', needs })).toMatchObject({
      barrier: 'images',
      needs: new Map([
        ['images', 'success'],
        ['deploy', 'skipped'],
      ]),
    });
  });

  it('of mode back-merge: the number of an App is no secret, its key is', () => {
    const core = createTestCore({ mode: 'back-merge', version: '1.0.0', 'app-id': '12345' });

    expect(readInputs(createInputReader(inputSpecs, core))).toMatchObject({
      version: '1.0.0',
      appId: '12345',
      workflow: 'delivery.yml',
    });
    expect(core.secrets).toEqual([]);
  });

  it.each([
    [{}, 14],
    [{ 'abandoned-after': '0' }, 0],
  ])('of mode drift with %j: it needs no decision', (given, abandonedAfter) => {
    expect(read({ mode: 'drift', 'github-token': 't', ...given })).toEqual({
      mode: 'drift',
      configuration: 'headgate.yml',
      abandonedAfter,
      githubToken: 't',
    });
  });

  it('of mode recheck', () => {
    const subject = `sha256:${'a'.repeat(64)}`;

    expect(read({ mode: 'recheck', environment: 'production', subject })).toMatchObject({
      environment: 'production',
      subject,
      configurationDigest: '',
    });
  });

  const digest = `sha256:${'1'.repeat(64)}`;
  const common = { decision: '{}', configuration: 'headgate.yml', githubToken: 't' };
  const place = { recordArtifactId: '7', recordDigest: digest };
  const modes: readonly (readonly [string, Readonly<Record<string, string>>, object])[] = [
    ['evidence', {}, {}],
    ['verify-version', { version: '' }, { version: '' }],
    [
      'tag',
      { version: '1.2.3', registry: 'r.example.com', 'registry-username': 'robot' },
      { ...place, version: '1.2.3', registry: 'r.example.com', registryUsername: 'robot' },
    ],
    ['release', { version: '1.2.3' }, { ...place, version: '1.2.3', draft: true }],
    ['release', { version: '1.2.3', draft: 'false' }, { ...place, draft: false }],
    ['back-merge', { version: '1.2.3' }, { version: '1.2.3', workflow: 'delivery.yml' }],
    ['back-merge', { version: '1.2.3', workflow: '.ci.yml' }, { workflow: '.ci.yml' }],
    ['forecast', { version: '0.10.0' }, { version: '0.10.0' }],
    ['configuration', { environment: 'production', vars: '{"A": 1}' }, { variables: new Map([['A', '1']]) }],
    [
      'recheck',
      { environment: 'production', subject: digest, 'configuration-digest': '' },
      { ...place, environment: 'production', subject: digest, configurationDigest: '' },
    ],
  ];

  it.each(modes)('of mode %s with %j', (mode, inputs, expected) => {
    const given = { 'record-artifact-id': '7', 'record-digest': digest, decision: '{}', 'github-token': 't' };

    expect(read({ mode, ...given, ...inputs })).toMatchObject({ mode, ...common, ...expected });
  });

  it.each([
    ['decide', null],
    ['collect', null],
    ['evidence', null],
    ['verify-version', null],
    ['recheck', null],
    ['configuration', 'plan'],
    ['tag', 'finish'],
    ['release', 'finish'],
    ['back-merge', 'finish'],
    ['forecast', 'finish'],
    [undefined, null],
  ] as const)('mode %s leaves its entry at the stage %s', (mode, stage) => {
    expect(stageOf(mode === undefined ? {} : { INPUT_MODE: mode })).toBe(stage);
  });

  it.each([
    [{}, 'mode'],
    [{ mode: 'tag', version: '1.2' }, 'version'],
    [{ mode: 'tag', version: 'v1.2.3' }, 'version'],
    [{ mode: 'tag', version: '1.02.3' }, 'version'],
    [{ mode: 'release', draft: 'maybe' }, 'draft'],
    [{ mode: 'back-merge', workflow: '../other.yml' }, 'workflow'],
    [{ mode: 'back-merge', workflow: 'delivery' }, 'workflow'],
    [{ mode: 'recheck', subject: 'sha256:12' }, 'subject'],
    [{ mode: 'recheck', 'configuration-digest': '12' }, 'configuration-digest'],
    [{ mode: 'configuration', 'deploy-secrets': 'seal-key: 1' }, 'deploy-secrets'],
    [{ mode: 'tag', 'build-secrets': 'short: abc' }, 'build-secrets'],
    [{ mode: 'guess' }, 'mode'],
    [{ mode: 'drift', 'abandoned-after': '-1' }, 'abandoned-after'],
    [{ mode: 'drift', 'abandoned-after': 'soon' }, 'abandoned-after'],
    [{ mode: 'decide', configuration: '/etc/passwd' }, 'configuration'],
    [{ mode: 'decide', configuration: 'a/../../b' }, 'configuration'],
    [{ mode: 'decide', vars: '[1]' }, 'vars'],
    [{ mode: 'decide', vars: 'A=1' }, 'vars'],
    [{ mode: 'collect', barrier: 'start' }, 'barrier'],
    [{ mode: 'collect', needs: '{"images": {}}' }, 'needs'],
    [{ mode: 'back-merge', version: 'v1.0.0' }, 'version'],
    [{ mode: 'back-merge', version: '1.0.0', workflow: '../x.yml' }, 'workflow'],
    [{ mode: 'back-merge', version: '1.0.0', 'app-id': 'a b' }, 'app-id'],
    [{ mode: 'recheck', subject: 'sha256:abc' }, 'subject'],
    [{ mode: 'recheck', 'configuration-digest': 'abc' }, 'configuration-digest'],
    [{ mode: 'configuration', vars: '[]' }, 'vars'],
  ])('%j is refused by the name of the input', (inputs, name) => {
    expect(() => read(inputs)).toThrow(expect.objectContaining({ code: 'invalid-input', input: name }));
  });
});
