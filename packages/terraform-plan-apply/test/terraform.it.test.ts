// Real Terraform, and OpenTofu where there is one, on terraform_data and a local backend: what a plan is bound to, what is never shown, what a cancel leaves.
import { execFile, execFileSync, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ActionError } from '@headgate/kit/errors';
import { openSeal } from '@headgate/kit/seal';
import { parseEnvelope, type SealEnvelope } from '@headgate/kit/seal-envelope';
import { createSealKey } from '@headgate/kit/seal-key';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  type Checkout,
  everythingSaid,
  failedStep,
  makeCheckout,
  output,
  type StepOptions,
  step,
} from './step.js';

const tools = ['terraform', 'tofu'].map((tool) => {
  const installed = spawnSync(tool, ['version']).status === 0;
  return { tool, installed, onTool: installed ? describe : describe.skip };
});
const missing = tools.filter(({ installed }) => !installed).map(({ tool }) => tool);
if (missing.length > 0)
  process.stdout.write(`terraform.it.test.ts skipped: not on PATH: ${missing.join(', ')}\n`);

const secret = 'hunter2-and-more';
const main = `
variable "password" {
  type      = string
  sensitive = true
}
variable "size" { default = 1 }
resource "terraform_data" "database" { input = { size = var.size, password = var.password } }
resource "terraform_data" "web" { triggers_replace = [var.size] }
output "size" { value = terraform_data.database.output.size }
output "login" {
  value     = var.password
  sensitive = true
}
`;

for (const { tool, onTool } of tools) {
  onTool(tool, () => plansAndApplies(tool));
  onTool(`an apply of ${tool} that is cancelled`, () => endsInOrder(tool));
  onTool(`an apply of ${tool} whose state cannot be written`, () => keepsTheState(tool));
}

function plansAndApplies(tool: string): void {
  let checkout: Checkout;
  const inputs = (more: Readonly<Record<string, string>> = {}): Readonly<Record<string, string>> => ({
    tool,
    'secret-variables': 'password=PW',
    'deploy-secrets': `seal-key: "${'k'.repeat(40)}"\nenvironment: {PW: "${secret}"}`,
    'backend-config': `path=${join(checkout.folder, '../state/terraform.tfstate')}`,
    ...more,
  });
  const plan = async (more: Readonly<Record<string, string>> = {}, context: StepOptions['context'] = {}) => {
    const { result, core } = await step(checkout, 'plan', {
      inputs: inputs({ seal: 'true', ...more }),
      context,
    });
    const { outputs } = result;
    copyFileSync(output(result, 'sealed-plan'), join(checkout.folder, 'sealed.json'));
    return { outputs, result, core, digest: output(result, 'plan-file-digest') };
  };
  const apply = (
    digest: string,
    more: Readonly<Record<string, string>> = {},
    context: StepOptions['context'] = {},
  ): StepOptions => ({
    inputs: inputs({ 'plan-digest': digest, 'sealed-plan': 'sealed.json', ...more }),
    context,
  });
  const refusal = async (options: StepOptions): Promise<ActionError> =>
    (await failedStep(checkout, 'apply', options)).error as ActionError;

  beforeEach(() => {
    checkout = makeCheckout({
      'infra/main.tf': main,
      'infra/backend.tf': 'terraform { \n backend "local" {} \n}\n',
    });
  });
  afterEach(() => checkout.remove());

  it('plans, applies once, and shows no secret anywhere', async () => {
    const planned = await plan();
    expect(planned.outputs).toMatchObject({ changes: 'true', add: '2', change: '0', destroy: '0' });
    expect(planned.core.summary()).toContain('(sensitive)');

    const applied = await step(checkout, 'apply', apply(planned.digest));
    expect(applied.result.outputs).toMatchObject({ applied: 'true', 'infrastructure-outputs': '{"size":1}' });
    expect(everythingSaid(planned.core, planned.result)).not.toContain(secret);
    expect(everythingSaid(applied.core, applied.result)).not.toContain(secret);

    const again = await refusal(apply(planned.digest));
    expect(again).toMatchObject({ code: 'state-moved' });
    expect(again.message).toMatch(/lineage.*serial/);
  });

  it('gives two plans of one meaning one meaning digest, and a changed secret another', async () => {
    const [first, second] = [await plan(), await plan()];
    const other = await plan({
      'deploy-secrets': `seal-key: "${'k'.repeat(40)}"\nenvironment: {PW: "another-password"}`,
    });

    expect(second.outputs['meaning-digest']).toBe(first.outputs['meaning-digest']);
    expect(other.outputs['meaning-digest']).not.toBe(first.outputs['meaning-digest']);
  });

  it('says when nothing changes', async () => {
    await step(checkout, 'apply', apply((await plan()).digest));

    const second = await plan();

    expect(second.outputs).toMatchObject({ changes: 'false', add: '0', change: '0', destroy: '0' });
    expect((await step(checkout, 'apply', apply(second.digest))).result.outputs).toMatchObject({
      applied: 'false',
    });
  });

  it('begins a workspace beside another one', async () => {
    const states = `workspace_dir=${join(checkout.folder, '../states')}`;
    for (const workspace of ['staging', 'production']) {
      const place = { workspace, 'backend-config': states };
      const planned = await plan(place);
      expect(planned.outputs).toMatchObject({ add: '2' });
      const applied = await step(checkout, 'apply', apply(planned.digest, place));
      expect(applied.result.outputs['applied']).toBe('true');
    }
  });

  it.each<[string, Readonly<Record<string, string>>, StepOptions['context'], string, RegExp]>([
    ['another run', {}, { runId: 2000 }, 'seal-mismatch', /runId: 2000 was expected, 1000 was found/],
    ['another commit', {}, { sha: 'b'.repeat(40) }, 'seal-mismatch', /commit/],
    ['another environment', { environment: 'production' }, {}, 'seal-mismatch', /environment/],
    ['another directory', { directory: 'other' }, {}, 'seal-mismatch', /directory/],
    ['another workspace', { workspace: 'blue' }, {}, 'seal-mismatch', /workspace/],
    [
      'another key',
      { 'deploy-secrets': `seal-key: "${'q'.repeat(40)}"\nenvironment: {PW: "${secret}"}` },
      {},
      'seal-key-differs',
      /another key/,
    ],
    [
      'another approved digest',
      { 'plan-digest': `sha256:${'1'.repeat(64)}` },
      {},
      'approval-mismatch',
      /approved/,
    ],
  ])('refuses a plan offered to %s, by name', async (_, more, context, code, message) => {
    checkout.write('other/main.tf', main);
    checkout.write('other/backend.tf', 'terraform { \n backend "local" {} \n}\n');
    const { digest } = await plan();

    const error = await refusal(apply(digest, more, context));

    expect(error.code).toBe(code);
    expect(error.message).toMatch(message);
    expect(checkout.has('../state/terraform.tfstate')).toBe(false);
  });

  it('refuses a plan whose bytes were changed', async () => {
    const { digest } = await plan();
    const envelope = JSON.parse(readFileSync(join(checkout.folder, 'sealed.json'), 'utf8')) as SealEnvelope;
    const ciphertext = Buffer.from(envelope.ciphertext, 'base64').map((byte, index) =>
      index === 9 ? byte ^ 1 : byte,
    );
    checkout.write(
      'sealed.json',
      JSON.stringify({ ...envelope, ciphertext: Buffer.from(ciphertext).toString('base64') }),
    );

    expect(await refusal(apply(digest))).toMatchObject({ code: 'seal-broken' });
  });

  it('refuses a first plan offered to another empty state', async () => {
    const { digest } = await plan();
    const elsewhere = { 'backend-config': `path=${join(checkout.folder, '../elsewhere/terraform.tfstate')}` };

    const error = await refusal(apply(digest, elsewhere));

    expect(error).toMatchObject({ code: 'seal-mismatch' });
    expect(error.message).toContain('backendDigest');
    expect(checkout.has('../elsewhere/terraform.tfstate')).toBe(false);
  });

  it('refuses a first plan once the state has a lineage, naming it', async () => {
    const first = await plan();
    copyFileSync(join(checkout.folder, 'sealed.json'), join(checkout.folder, 'first.json'));
    await step(checkout, 'apply', apply((await plan()).digest));

    const error = await refusal(apply(first.digest, { 'sealed-plan': 'first.json' }));

    expect(error.message).toMatch(/lineage: the plan was made on "", "[0-9a-f-]{36}" was found/);
  });

  it('reads what the tool says in spite of warnings around it', async () => {
    const warned = {
      inputs: inputs({ seal: 'true', 'pass-environment': 'TF_CLI_CONFIG_FILE' }),
      env: { TF_CLI_CONFIG_FILE: '/there/is/none' },
    };
    const planned = await step(checkout, 'plan', warned);
    copyFileSync(output(planned.result, 'sealed-plan'), join(checkout.folder, 'sealed.json'));
    const approved = apply(output(planned.result, 'plan-file-digest'), {
      'pass-environment': 'TF_CLI_CONFIG_FILE',
    });

    const applied = await step(checkout, 'apply', { ...approved, env: warned.env });

    expect(applied.result.outputs['infrastructure-outputs']).toBe('{"size":1}');
  });

  it('names the lock and its holder', async () => {
    checkout.write(
      'infra/main.tf',
      'resource "terraform_data" "slow" {\n  provisioner "local-exec" { command = "sleep 20" }\n}\n',
    );
    const { digest } = await plan({ 'secret-variables': '' });
    const holder = new AbortController();
    const begun = Promise.withResolvers<void>();
    const held = failedStep(checkout, 'apply', {
      ...apply(digest, { 'secret-variables': '' }),
      signal: holder.signal,
      onLine: (line) => (line.includes('Creating...') ? begun.resolve() : undefined),
    });
    await begun.promise;

    const { error } = await failedStep(checkout, 'plan', { inputs: inputs({ 'secret-variables': '' }) });
    holder.abort(jobCancelled());

    expect(error).toMatchObject({
      code: 'state-locked',
      message: expect.stringContaining('OperationTypeApply'),
      outputs: { 'lock-id': expect.stringMatching(/^[0-9a-f-]{36}$/) },
    });
    expect((await held).error).toMatchObject({ code: 'cancelled' });
  });
}

function endsInOrder(tool: string): void {
  const slow = `resource "terraform_data" "slow" {
  count = 10
  provisioner "local-exec" { command = "sleep 5" }
}
`;
  const instants = Number(process.env['HEADGATE_CANCEL_INSTANTS'] ?? '20');
  /** What an apply takes when nobody cancels it. */
  let length = 0;
  const codes: string[] = [];

  beforeAll(async () => {
    const whole = await applySlowly(tool, slow, null);
    expect(whole.code).toBe('applied');
    length = whole.milliseconds;
  });

  it.each(Array.from({ length: instants }, (_, index) => (index + 0.5) / instants))(
    'after %f of its length leaves the state readable and the lock free',
    async (part) => {
      const { code, state, locked } = await applySlowly(tool, slow, part * length);
      codes.push(code);

      expect(['applied', 'cancelled']).toContain(code);
      expect(state).toMatchObject({ version: 4, lineage: expect.any(String) });
      expect(locked).toBe(false);
    },
  );

  it('was cancelled inside its length, nearly always', () => {
    expect(codes.filter((code) => code === 'cancelled').length).toBeGreaterThanOrEqual(
      Math.ceil(instants * 0.75),
    );
  });
}

/** The backend is a server that lets the state be read and, once the apply is at work, refuses to write it. */
function keepsTheState(tool: string): void {
  const main = `terraform {
  backend "http" {}
}
variable "password" {
  type      = string
  sensitive = true
}
resource "terraform_data" "made" {
  count = 3
  input = var.password
  provisioner "local-exec" { command = "sleep 1" }
}
`;
  let backend: HttpBackend;
  let checkout: Checkout;
  beforeEach(async () => {
    backend = await startHttpBackend();
    checkout = makeCheckout({ 'infra/main.tf': main });
  });
  afterEach(async () => {
    await backend.close();
    checkout.remove();
  });

  it('keeps it sealed, says how it is put into place, and that way works', async () => {
    const seal = 'k'.repeat(40);
    const inputs = {
      tool,
      'secret-variables': 'password=PW',
      'deploy-secrets': `seal-key: "${seal}"\nenvironment: {PW: "${secret}"}`,
      'backend-config': `address=${backend.url}`,
    };
    const planned = await step(checkout, 'plan', { inputs: { ...inputs, seal: 'true' } });
    copyFileSync(output(planned.result, 'sealed-plan'), join(checkout.folder, 'sealed.json'));
    const approved = {
      'plan-digest': output(planned.result, 'plan-file-digest'),
      'sealed-plan': 'sealed.json',
    };

    const { error, core } = await failedStep(checkout, 'apply', {
      inputs: { ...inputs, ...approved },
      onLine: (line) => (line.includes('Creating...') ? backend.refuseWrites(true) : undefined),
    });

    const { code, hint, outputs } = error as ActionError;
    expect(code).toBe('state-not-written');
    expect(hint).toContain(`${tool} state push errored.tfstate`);
    expect(outputs['errored-state-artifact-name']).toMatch(/^headgate-errored-state-[0-9a-f]{12}-1$/);
    expect(everythingSaid(core)).not.toContain(secret);
    const sealed = readFileSync(String(outputs['errored-state']), 'utf8');
    expect(sealed).not.toContain(secret);
    expect(backend.state()).toBe(null);

    const envelope = parseEnvelope(JSON.parse(sealed));
    const state = openSeal(createSealKey(seal), envelope, envelope.bound);
    checkout.write('infra/rescued.tfstate', Buffer.from(state).toString('utf8'));
    backend.refuseWrites(false);
    // Not waited for in place: the backend answers in this very process.
    await promisify(execFile)(tool, ['state', 'push', 'rescued.tfstate'], {
      cwd: join(checkout.folder, 'infra'),
    });

    expect(JSON.parse(backend.state() ?? '').resources[0].instances).toHaveLength(3);
  });
}

interface HttpBackend {
  readonly url: string;
  /** The text of the state; null until one was written. */
  state(): string | null;
  refuseWrites(refuse: boolean): void;
  close(): Promise<void>;
}

async function startHttpBackend(): Promise<HttpBackend> {
  let [state, refuses]: [string | null, boolean] = [null, false];
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      if (request.method !== 'POST') return void response.writeHead(state === null ? 404 : 200).end(state);
      if (!refuses) state = Buffer.concat(parts).toString('utf8');
      response.writeHead(refuses ? 403 : 200).end();
    });
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/state`,
    state: () => state,
    refuseWrites: (refuse) => {
      refuses = refuse;
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

interface SlowApply {
  readonly code: string;
  readonly milliseconds: number;
  readonly state: unknown;
  readonly locked: boolean;
}

/** As the action's host aborts: short commands, such as the one that asks for the outputs, reject with this reason. */
function jobCancelled(): ActionError {
  return new ActionError({ code: 'cancelled', message: 'the job was cancelled', hint: 'Re-run the job.' });
}

/** Plans and applies; cancels `delay` milliseconds after the first resource was begun, null: never. */
async function applySlowly(tool: string, configuration: string, delay: number | null): Promise<SlowApply> {
  const checkout = makeCheckout({ 'infra/main.tf': configuration });
  const controller = new AbortController();
  let started = 0;
  const begin = (): void => {
    started = Date.now();
    if (delay !== null) setTimeout(() => controller.abort(jobCancelled()), delay).unref();
  };
  try {
    const { result } = await step(checkout, 'plan', { inputs: { tool, seal: 'true' } });
    copyFileSync(output(result, 'sealed-plan'), join(checkout.folder, 'sealed.json'));
    const code = await step(checkout, 'apply', {
      inputs: {
        tool,
        'plan-digest': output(result, 'plan-file-digest'),
        'sealed-plan': 'sealed.json',
      },
      signal: controller.signal,
      onLine: (line) => (started === 0 && line.includes(': Creating...') ? begin() : undefined),
    }).then(
      () => 'applied',
      (error: ActionError) => error.code,
    );
    const cwd = join(checkout.folder, 'infra');
    const { TF_CLI_CONFIG_FILE: _, ...env } = process.env;
    const probe = ['untaint', '-allow-missing', '-lock-timeout=0s', 'terraform_data.none'];
    return {
      code,
      milliseconds: Date.now() - started,
      state: JSON.parse(execFileSync(tool, ['state', 'pull'], { cwd, env, encoding: 'utf8', stdio: 'pipe' })),
      locked: spawnSync(tool, probe, { cwd, env }).status !== 0,
    };
  } finally {
    checkout.remove();
  }
}
