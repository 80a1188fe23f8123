// What a build made, as the approval's subject reads it from the delivery record.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sha256Hex } from '@headgate/kit/digest';
import { emptyRecord, parseRecord } from '@headgate/kit/record';
import { subjectOfRecord } from '@headgate/kit/subject';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { machineImages } from '../src/machine-image.js';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'headgate-machine-image-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

it('is part of the subject: one member for each region, and one for files', async () => {
  writeFileSync(join(directory, 'disk.img'), 'disk');
  const place = { template: 'node', directory };
  const amis = 'us-east-1:ami-2,eu-west-1:ami-1';
  const cloud = {
    builderId: 'x',
    builder: 'amazon-ebs.node',
    type: 'amazon-ebs',
    artifactId: amis,
    files: [],
  };
  const local = { builderId: 'x', builder: 'qemu.node', type: 'qemu', artifactId: 'VM', files: ['disk.img'] };
  const record = {
    ...emptyRecord({
      application: 'shop',
      repository: 'acme/shop',
      event: 'push',
      ref: 'refs/heads/main',
      branchKind: 'main',
      version: '1.0.0',
      commit: 'c'.repeat(40),
      tree: 'd'.repeat(40),
      actor: 'someone',
      run: { id: 1, attempt: 1, url: 'https://github.com/acme/shop/actions/runs/1' },
    }),
    machineImages: [...(await machineImages(local, place)), ...(await machineImages(cloud, place))],
  };
  const configurationDigest = `sha256:${'e'.repeat(64)}`;

  const read = parseRecord(JSON.parse(JSON.stringify(record)));
  const subject = subjectOfRecord(read, { environment: 'production', configurationDigest });

  expect(subject.machineImages).toEqual([
    { builder: 'amazon-ebs.node', region: 'eu-west-1', id: 'ami-1' },
    { builder: 'amazon-ebs.node', region: 'us-east-1', id: 'ami-2' },
    { builder: 'qemu.node', region: '', id: `sha256:${sha256Hex('disk')}` },
  ]);
});
