import { fileURLToPath } from 'node:url';
import { createInputReader } from '@headgate/kit/inputs';
import { contractProblems } from '@headgate/kit/testing/contract';
import { createTestCore } from '@headgate/kit/testing/core';
import { describe, expect, it } from '@jest/globals';
import { type Inputs, inputSpecs, outputNames, readInputs } from '../src/inputs.js';

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

  it('of mode recheck', () => {
    const subject = `sha256:${'a'.repeat(64)}`;

    expect(read({ mode: 'recheck', environment: 'production', subject })).toMatchObject({
      environment: 'production',
      subject,
      configurationDigest: '',
    });
  });

  it.each([
    [{}, 'mode'],
    [{ mode: 'guess' }, 'mode'],
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
