// Which repositories a rehearsal makes of what is installed, by what the application's workflows name.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { testFolder } from '@headgate/kit/testing/folder';
import { expect, it } from '@jest/globals';
import { installedRepositories } from '../../src/story/installed.js';

const installation = testFolder('headgate-installed-');
mkdirSync(join(installation, 'packages', 'notify'), { recursive: true });
writeFileSync(join(installation, 'packages', 'notify', 'action.yml'), '');
const notify = join(installation, 'packages', 'notify');
const itself = { owner: 'headgate', name: 'headgate', files: installation, mirror: false };

async function madeFor(...uses: readonly string[]): Promise<readonly object[]> {
  const application = testFolder('headgate-application-');
  const file = join(application, '.github', 'workflows', 'delivery.yml');
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, uses.map((each) => `  - uses: ${each}\n`).join(''));
  return installedRepositories(application, installation);
}

it('is Headgate’s own where nothing else is named', async () => {
  expect(await installedRepositories(testFolder('headgate-empty-'), installation)).toEqual([itself]);
  expect(await madeFor('headgate/headgate/packages/notify@v1', 'actions/checkout@v4')).toEqual([itself]);
});

it.each([
  'acme/headgate/.github/workflows/git-flow.yml@main',
  '"acme/headgate/packages/notify@0123456789012345678901234567890123456789" # v2',
])('is another owner’s copy for %s', async (uses) => {
  expect(await madeFor(uses)).toEqual([itself, { ...itself, owner: 'acme' }]);
});

it('is the mirror of an action that exists', async () => {
  expect(await madeFor('headgate/notify@v1')).toEqual([
    itself,
    { owner: 'headgate', name: 'notify', files: notify, mirror: true },
  ]);
});

it.each([
  'headgate/pigeon@v1',
  'acme/notify@v1',
  'acme/headgate@v1',
  'acme/headgate/docs@v1',
  './packages/notify',
])('is nothing for %s', async (uses) => {
  expect(await madeFor(uses)).toEqual([itself]);
});
