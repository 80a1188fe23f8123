// The action with the real packer: file, null and docker builders, a failing one, a real cancel.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ActionResult } from '@headgate/kit/action';
import { createInputReader } from '@headgate/kit/inputs';
import { runCommand, startCommand } from '@headgate/kit/process';
import type { MachineImagePart } from '@headgate/kit/record-parts';
import { createTestCore, type RecordingCore } from '@headgate/kit/testing/core';
import { createTestContext, createTestDeps } from '@headgate/kit/testing/deps';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { inputSpecs, readInputs } from '../src/inputs.js';
import { run } from '../src/run.js';

const baseImage = process.env['HEADGATE_TEST_IMAGE'] ?? 'local/node:24-slim';
const hasPacker = answers('packer', ['version']);
const hasImage = hasPacker && answers('docker', ['image', 'inspect', baseImage]);
if (!hasImage) {
  const lacking = hasPacker ? `no Docker engine has ${baseImage}` : 'packer is not on PATH';
  process.stdout.write(`packer.it.test.ts skipped: ${lacking}\n`);
}

const manifest = 'post-processor "manifest" { output = "packer-manifest.json" }';
const twoBuilders = `
variable "greeting" { default = "hello" }
variable "token" { default = "" }
source "file" "notes" {
  content = "\${var.greeting}, world\\n"
  target  = "notes.txt"
}
source "null" "check" { communicator = "none" }
build {
  name    = "shop"
  sources = ["source.file.notes", "source.null.check"]
  provisioner "shell-local" { inline = ["echo one, two; echo token \${var.token}"] }
  ${manifest}
}`;

let workspace: string;
beforeEach(() => {
  workspace = mkdtempSync(join(tmpdir(), 'headgate-packer-it-'));
});
afterEach(() => rmSync(workspace, { recursive: true, force: true }));

interface Built {
  readonly result: ActionResult;
  readonly images: readonly MachineImagePart[];
  readonly core: RecordingCore;
}

async function build(
  inputs: Readonly<Record<string, string>> = {},
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
  const context = createTestContext({ workspace });
  const deps = createTestDeps({ core, context, run: runCommand, start: startCommand, signal });
  const result = await run(readInputs(createInputReader(inputSpecs, core)), deps);
  const { artifacts = '' } = result.outputs;
  return { result, images: JSON.parse(artifacts) as readonly MachineImagePart[], core };
}

(hasPacker ? describe : describe.skip)('the real packer', () => {
  it('builds two builders, twice, and only the last run counts', async () => {
    writeFileSync(join(workspace, 'image.pkr.hcl'), twoBuilders);
    const inputs = {
      secrets: 'token=TOKEN',
      'build-secrets': 'build: {TOKEN: "correct horse"}',
      'smoke-command': '{file.notes: [grep, world, "{file}"]}',
    };

    const first = await build(inputs);
    const second = await build({ ...inputs, variables: 'greeting=good evening' });

    expect(first.result.failure).toBeUndefined();
    expect(first.images.map(({ builder }) => builder)).toEqual(['shop.file.notes', 'shop.null.check']);
    expect(second.images).toHaveLength(2);
    expect(second.images[0]?.id).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(second.images[0]?.id).not.toBe(first.images[0]?.id);
    expect(readFileSync(join(workspace, 'notes.txt'), 'utf8')).toBe('good evening, world\n');
    expect(first.core.lines.join('\n')).toContain('one, two');
    expect(first.core.lines.join('\n')).toContain('token ***');
    expect(first.core.lines.join('\n')).not.toContain('correct horse');
  });

  it('names the builder that fails, and what the other one made', async () => {
    mkdirSync(join(workspace, 'taken'));
    writeFileSync(
      join(workspace, 'image.pkr.hcl'),
      `${twoBuilders}
source "file" "bad" {
  content = "x"
  target  = "taken"
}
build {
  sources = ["source.file.bad"]
  ${manifest}
}`,
    );

    const { result } = await build();

    expect(result.failure).toMatchObject({ code: 'build-failed' });
    expect(result.failure?.message).toContain('file.bad: ');
    expect(result.outputs['left-behind']).toContain('notes.txt');
  });

  it('refuses a template it cannot read', async () => {
    writeFileSync(join(workspace, 'image.pkr.hcl'), 'source "file" {');

    await expect(build()).rejects.toMatchObject({ code: 'template-invalid' });
  });

  it('stops a running provisioner when the job is cancelled', async () => {
    writeFileSync(
      join(workspace, 'image.pkr.hcl'),
      `source "null" "slow" { communicator = "none" }
build {
  sources = ["source.null.slow"]
  provisioner "shell-local" { inline = ["echo begun; sleep 60"] }
  ${manifest}
}`,
    );
    const controller = new AbortController();
    const reason = new Error('cancelled');
    const started = Date.now();

    const building = build({}, controller.signal, (line) => {
      if (line.includes('begun')) controller.abort(reason);
    });

    await expect(building).rejects.toBe(reason);
    expect(Date.now() - started).toBeLessThan(30_000);
  });
});

(hasImage ? describe : describe.skip)('the real packer with docker', () => {
  it('commits an image, which its smoke command runs by id', async () => {
    writeFileSync(
      join(workspace, 'image.pkr.hcl'),
      `source "docker" "app" {
  image       = "${baseImage}"
  pull        = false
  commit      = true
  run_command = ["-d", "-i", "-t", "--network=none", "--entrypoint=node", "--", "{{.Image}}"]
}
build {
  sources = ["source.docker.app"]
  ${manifest}
}`,
    );

    const { result, images, core } = await build({
      builders: 'docker.app',
      'smoke-command': '[docker, run, --rm, --network=none, --entrypoint=node, "{id}", --version]',
    });

    expect(result.failure).toBeUndefined();
    expect(images).toMatchObject([{ builder: 'docker.app', type: 'docker', region: '', files: [] }]);
    expect(images[0]?.id).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(core.lines.some((line) => /^v\d+\.\d+/.test(line))).toBe(true);
    execFileSync('docker', ['image', 'rm', '--force', images[0]?.id ?? ''], { stdio: 'pipe' });
  });
});

function answers(file: string, args: readonly string[]): boolean {
  try {
    execFileSync(file, [...args], { stdio: 'pipe', timeout: 20_000 });
    return true;
  } catch {
    return false;
  }
}
