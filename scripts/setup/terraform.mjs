// Terraform or OpenTofu: on PATH, else the released archive, else built from its Go module.
import { createHash } from 'node:crypto';
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { interrupted } from '../workspace/child.mjs';
import { cache } from '../workspace/paths.mjs';
import { SetupError } from './get.mjs';
import { means } from './machine.mjs';
import { findCommand, getFromGo } from './services.mjs';
import { readZipMember } from './zip.mjs';

/** @typedef {import('./tools.mjs').Found} Found */

const released = '1.11.4';
// The last one under the Mozilla licence, and the last one whose module builds without further files.
const module = 'github.com/hashicorp/terraform@v1.5.7';
const folder = 'terraform';
const terraform = { names: ['terraform'], args: ['version'], minimum: '1.4', folder };
const openTofu = { names: ['tofu'], args: ['version'], minimum: '1.6', folder };

/** Terraform wins where both are: the sample names the tool by HEADGATE_TERRAFORM. @returns {Promise<Found | null>} */
export async function findTerraform() {
  const found = await findCommand(terraform);
  if (found) return { ...found, variables: { HEADGATE_TERRAFORM: 'terraform' } };
  const other = await findCommand(openTofu);
  return other && { ...other, from: `OpenTofu, ${other.from}`, variables: { HEADGATE_TERRAFORM: 'tofu' } };
}

/** @returns {Promise<Found>} @throws {SetupError} naming every way that was tried */
export async function getTerraform() {
  const refused = await getArchive().catch((error) => reasonOf(error));
  if (refused !== null) await build(refused);
  const found = await findTerraform();
  if (!found) throw new SetupError('Terraform was put into the cache but does not answer.');
  return found;
}

/** @param {string} refused why there is no archive */
async function build(refused) {
  if (!means.go.present())
    throw new SetupError(`no archive (${refused}), and no Go on PATH to build Terraform 1.5.7 with`);
  // Compiled beside the other steps, on a few processors a matter of minutes.
  await getFromGo(terraform, module, { deadlineMs: 30 * 60_000 });
}

/**
 * The release for this machine, compared with the digest that is published beside it.
 * @returns {Promise<null>} @throws {Error} when it cannot be had
 */
async function getArchive() {
  const base = process.env.HEADGATE_TERRAFORM_RELEASES ?? 'https://releases.hashicorp.com/terraform';
  const processor = process.arch === 'x64' ? 'amd64' : process.arch;
  const name = `terraform_${released}_${process.platform}_${processor}.zip`;
  const sums = (await download(`${base}/${released}/terraform_${released}_SHA256SUMS`, 5_000)).toString();
  const wanted = sums.split('\n').find((line) => line.endsWith(`  ${name}`));
  if (!wanted) throw new Error(`there is no ${name}`);
  const archive = await download(`${base}/${released}/${name}`, 300_000);
  const digest = createHash('sha256').update(archive).digest('hex');
  if (digest !== wanted.slice(0, 64)) throw new Error(`${name} has SHA-256 ${digest}, not the published one`);
  const part = join(cache, `${folder}.part.${process.pid}`);
  try {
    mkdirSync(join(part, 'bin'), { recursive: true });
    writeFileSync(join(part, 'bin', 'terraform'), readZipMember(archive, 'terraform'), { mode: 0o755 });
    rmSync(join(cache, folder), { recursive: true, force: true });
    renameSync(part, join(cache, folder));
  } finally {
    rmSync(part, { recursive: true, force: true });
  }
  return null;
}

/** @param {string} url @param {number} deadlineMs @returns {Promise<Buffer>} */
async function download(url, deadlineMs) {
  const signal = AbortSignal.any([interrupted, AbortSignal.timeout(deadlineMs)]);
  const answer = await fetch(url, { signal });
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}`);
  return Buffer.from(await answer.arrayBuffer());
}

/** `fetch failed` alone says nothing; its cause does. @param {unknown} error @returns {string} */
function reasonOf(error) {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message;
}
