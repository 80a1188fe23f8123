// The whole action against a packer that a test scripts.
import { readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { ActionResult } from '@headgate/kit/action';
import { createInputReader } from '@headgate/kit/inputs';
import { runCommand, startCommand } from '@headgate/kit/process';
import { createTestCore, type RecordingCore } from '@headgate/kit/testing/core';
import { createTestContext, createTestDeps } from '@headgate/kit/testing/deps';
import { afterEach, describe, expect, it } from '@jest/globals';
import { inputSpecs, readInputs } from '../src/inputs.js';
import { run } from '../src/run.js';
import { type Behaviour, type DoublePacker, finished, listed, makePacker } from './double-packer.js';

let packer: DoublePacker;
afterEach(() => packer.remove());

const image = 'sha256:bb3e';
const notesHash = 'sha256:2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824';
const good: Behaviour = {
  print: { build: [...finished('docker.app', image), ...finished('shop.file.notes', 'File', ['notes.txt'])] },
  files: { 'notes.txt': 'hello' },
  manifest: {
    builds: [
      listed('docker', 'app', { artifact_id: image }),
      listed('file', 'notes', { artifact_id: 'File', files: [{ name: 'notes.txt', size: 5 }] }),
    ],
    last_run_uuid: 'now',
  },
};

interface Built {
  readonly result: ActionResult;
  readonly core: RecordingCore;
}

async function build(behaviour: Behaviour, inputs: Readonly<Record<string, string>> = {}): Promise<Built> {
  packer = makePacker(behaviour);
  return await again(inputs);
}

async function again(
  inputs: Readonly<Record<string, string>>,
  signal = new AbortController().signal,
  onLine: (line: string) => void = () => undefined,
): Promise<Built> {
  const recording = createTestCore(inputs);
  const core = {
    ...recording,
    info: (line: string) => {
      recording.info(line);
      onLine(line);
    },
  };
  const PATH = `${packer.bin}${delimiter}${process.env['PATH']}`;
  const withPath = <C extends { readonly env?: Readonly<Record<string, string>> }>(command: C): C => ({
    ...command,
    env: { ...command.env, PATH },
  });
  const deps = createTestDeps({
    core,
    context: createTestContext({ workspace: packer.workspace }),
    run: (command, options) => runCommand(withPath(command), options),
    start: (command, stop) => startCommand(withPath(command), stop),
    signal,
  });
  return { result: await run(readInputs(createInputReader(inputSpecs, core)), deps), core };
}

describe('a build', () => {
  it('hands on what both accounts agree on, files by their digest', async () => {
    const { result, core } = await build(good, { leg: 'web' });

    expect(result.failure).toBeUndefined();
    const images = [
      {
        template: 'web',
        builder: 'docker.app',
        type: 'docker',
        region: '',
        id: image,
        artifactId: image,
        files: [],
      },
      expect.objectContaining({
        builder: 'shop.file.notes',
        id: notesHash,
        artifactId: 'File',
        files: [{ path: 'notes.txt', size: 5, sha256: notesHash.slice(7) }],
      }),
    ];
    expect(JSON.parse(result.outputs['artifacts'] as string)).toEqual(images);
    expect(result.outputs).toMatchObject({ 'left-behind': '[]', 'run-uuid': 'now' });
    expect(result.entry).toMatchObject({ name: 'web', parts: { machineImages: images } });
    expect(JSON.parse(readFileSync(result.outputs['tfvars-file'] as string, 'utf8'))).toEqual({
      machine_images: { 'docker.app': { default: image }, 'shop.file.notes': { default: notesHash } },
    });
    expect(core.summary()).toContain(image);
    expect(packer.calls().map(([step]) => step)).toEqual(['version', 'validate', 'build']);
  });

  it('calls init where packer, here a scripted newer one, has it, and the template can use it', async () => {
    await build({ ...good, version: '1.11.2' });
    expect(packer.calls().map(([step]) => step)).toEqual(['version', 'init', 'validate', 'build']);
    packer.remove();

    packer = makePacker({ ...good, version: '1.11.2' });
    writeFileSync(join(packer.workspace, 'old.json'), '{}');
    await again({ template: 'old.json' });
    expect(packer.calls().map(([step]) => step)).toEqual(['version', 'validate', 'build']);
  });

  it('gives secrets by environment, and keeps them out of arguments and log', async () => {
    const noisy = {
      ...good,
      print: { build: ['1,,ui,message,token correct horse', ...(good.print?.build ?? [])] },
    };
    const { core } = await build(noisy, {
      secrets: 'token=TOKEN',
      'build-secrets': 'build: {TOKEN: "correct horse"}',
    });

    expect(packer.variables()).toEqual({ PKR_VAR_token: 'correct horse' });
    expect(JSON.stringify(packer.calls())).not.toContain('correct horse');
    expect(core.lines).toContain('token ***');
    expect(core.lines.join('\n')).not.toContain('correct horse');
  });

  it('shows output where the runner obeys none of it', async () => {
    const { core } = await build({
      ...good,
      print: { build: ['1,,ui,say,a\\n::error::b', ...(good.print?.build ?? [])] },
    });

    const lines = core.lines.slice(core.lines.indexOf('a') - 1);
    expect(lines[0]).toMatch(/^::stop-commands::headgate-/);
    expect(lines.slice(1, 3)).toEqual(['a', '::error::b']);
  });

  const failing: Behaviour = {
    ...good,
    print: {
      build: [
        "1,,ui,error,Build 'null.bad' errored after 1 second: no route",
        '1,null.bad,error,no route%!(PACKER_COMMA) at all',
        ...finished('docker.app', image),
      ],
    },
    exit: { build: 1 },
  };
  it('fails as a whole when one builder does, naming it and what was left behind', async () => {
    const { result, core } = await build(failing);

    expect(result.failure).toMatchObject({ code: 'build-failed' });
    expect(result.failure?.message).toContain('null.bad: no route, at all');
    expect(result.failure?.message).toContain('docker.app succeeded');
    expect(result.outputs).toMatchObject({ artifacts: '[]', 'tfvars-file': '' });
    expect(JSON.parse(result.outputs['left-behind'] as string)).toEqual([
      { builder: 'docker.app', artifactId: image, files: [] },
    ]);
    expect(result.entry?.parts.machineImages).toBeUndefined();
    expect(core.summary()).toContain('left behind by');
  });

  it.each<[string, Behaviour, Readonly<Record<string, string>>]>([
    ['manifest-missing', { ...good, manifest: undefined }, {}],
    ['manifest-unreadable', { ...good, manifest: [] }, {}],
    ['manifest-mismatch', { ...good, manifest: { builds: [], last_run_uuid: 'now' } }, {}],
    ['builders-missing', good, { builders: 'docker.app, amazon-ebs.web' }],
    ['artifact-missing', { ...good, files: {} }, {}],
    ['smoke-failed', good, { 'smoke-command': '["false"]' }],
    ['smoke-failed', good, { 'smoke-command': '{docker.app: [sleep, "60"]}', 'smoke-deadline': '100ms' }],
  ])('fails as %s', async (code, behaviour, inputs) => {
    const { result } = await build(behaviour, inputs);

    expect(result.failure).toMatchObject({ code });
    expect(result.outputs['artifacts']).toBe('[]');
    expect(JSON.parse(result.outputs['left-behind'] as string)).toHaveLength(2);
  });

  it.each<[string, Behaviour, Readonly<Record<string, string>>]>([
    ['template-invalid', { exit: { validate: 1 }, print: { validate: ['1,,ui,error,no such source'] } }, {}],
    ['init-failed', { version: '1.9.0', exit: { init: 1 } }, {}],
    ['tool-too-old', { version: '1.4.5' }, {}],
    ['path-missing', {}, { directory: 'absent' }],
    ['path-missing', {}, { 'var-files': 'absent.hcl' }],
    ['path-outside-workspace', {}, { directory: '..' }],
    ['path-outside-workspace', {}, { manifest: '../../m.json' }],
    ['secrets-missing', {}, { secrets: 'token=TOKEN' }],
    ['build-deadline', { waits: true }, { deadline: '1s' }],
  ])('ends as %s', async (code, behaviour, inputs) => {
    await expect(build(behaviour, inputs)).rejects.toMatchObject({ code });
  });

  it('stands at the line of the template that packer names', async () => {
    const said = String.raw`1795931260,,ui,error,Error: Unsupported argument\n\n  on image.pkr.hcl line 3:\n  (source code not available)\n\n`;

    await expect(build({ exit: { validate: 1 }, print: { validate: [said] } })).rejects.toMatchObject({
      code: 'template-invalid',
      place: { file: 'image.pkr.hcl', line: 3 },
    });
  });

  it('does not take a former run for its own', async () => {
    packer = makePacker(good);
    writeFileSync(join(packer.workspace, 'packer-manifest.json'), JSON.stringify(good.manifest));

    const { result } = await again({});

    expect(result.failure).toMatchObject({ code: 'manifest-mismatch' });
  });

  it('hands each image to its smoke command', async () => {
    const { result, core } = await build(good, {
      'smoke-command': JSON.stringify({
        'docker.app': ['echo', 'tried {id}'],
        'file.notes': ['sh', '-c', 'cat "$HEADGATE_IMAGE_FILE"; echo " from $HEADGATE_BUILDER"'],
      }),
      'build-secrets': 'build: {TOKEN: "correct horse"}',
    });

    expect(core.lines).toEqual(expect.arrayContaining([`tried ${image}`, 'hello from shop.file.notes']));
    expect(result.entry?.parts.tests).toMatchObject([{ outcome: 'passed' }, { outcome: 'passed' }]);
  });

  it('gives packer exactly one SIGTERM when the job is cancelled', async () => {
    packer = makePacker({ waits: true });
    const controller = new AbortController();
    const reason = new Error('cancelled');

    const building = again({}, controller.signal, (line) => {
      if (line === 'waiting') controller.abort(reason);
    });

    await expect(building).rejects.toBe(reason);
    expect(packer.calls().slice(3)).toEqual([['SIGTERM']]);
  });
});
