// Tools that only checks and tests use: without them a check is left out, and says so.
import { join } from 'node:path';
import { findCommand, getFromDebian, getFromGo, getFromPython, quickBuild } from './services.mjs';

/** @typedef {import('./tools.mjs').Found} Found */

const chromium = {
  names: ['chromium'],
  args: ['--version'],
  minimum: '120',
  folder: 'chromium',
  program: 'usr/lib/chromium/chromium',
};
const sshd = { names: ['sshd'], args: ['-V'], minimum: '8.0', folder: 'openssh' };
const actionlint = { names: ['actionlint'], args: ['--version'], minimum: '1.7.12', folder: 'actionlint' };
const act = { names: ['act'], args: ['--version'], minimum: '0.2.89', folder: 'act' };
const zizmor = { names: ['zizmor'], args: ['--version'], minimum: '1.32', folder: 'zizmor' };

/** The test asks for the program by name. @param {Found} found */
const named = (found) => ({
  ...found,
  variables: { HEADGATE_CHROMIUM: join(found.path?.[0] ?? '', 'chromium') },
});

/** @returns {Promise<Found | null>} */
async function findChromium() {
  const found = await findCommand(chromium);
  return found && named(found);
}

/** @type {readonly import('./tools.mjs').Tool[]} */
export const checkers = [
  {
    name: 'Chromium',
    wanted: '>= 120',
    purpose: 'opens the report of a rehearsal in its test; without it that test is left out',
    needs: ['apt'],
    byHand: 'install Chromium (Debian 12: apt-get install chromium)',
    tried: 'Debian 12',
    after: [],
    optional: true,
    slow: true,
    find: findChromium,
    get: async () => named(await getFromDebian(chromium, 'chromium', 'chromium-common')),
  },
  {
    name: 'OpenSSH server',
    wanted: '>= 8.0',
    purpose: 'the second host of deployments by ssh, on loopback; without it those tests are left out',
    needs: ['apt'],
    byHand: 'install the OpenSSH server (Debian 12: apt-get install openssh-server)',
    tried: 'Debian 12',
    after: [],
    optional: true,
    slow: true,
    find: () => findCommand(sshd),
    get: () => getFromDebian(sshd, 'openssh-server'),
  },
  {
    name: 'actionlint',
    wanted: '>= 1.7.12',
    purpose: 'checks the workflows; without it that check is left out',
    needs: ['go'],
    byHand: 'go install github.com/rhysd/actionlint/cmd/actionlint@v1.7.12',
    tried: 'Debian 12',
    after: [],
    optional: true,
    find: () => findCommand(actionlint),
    get: () =>
      getFromGo(actionlint, 'github.com/rhysd/actionlint/cmd/actionlint@v1.7.12', { flags: quickBuild }),
  },
  {
    name: 'act',
    wanted: '0.2.89',
    purpose: 'runs the same workflows as the rehearsal, to be compared; without it those tests are left out',
    needs: ['go'],
    byHand: 'go install github.com/nektos/act@v0.2.89',
    tried: 'Debian 12',
    after: [],
    optional: true,
    slow: true,
    find: () => findCommand(act),
    get: () => getFromGo(act, 'github.com/nektos/act@v0.2.89', { flags: quickBuild }),
  },
  {
    name: 'zizmor',
    wanted: '>= 1.32',
    purpose: 'looks for weaknesses in the workflows; without it that check is left out',
    needs: ['pip'],
    byHand: 'pip install zizmor==1.32.0',
    tried: 'Debian 12',
    after: [],
    optional: true,
    find: () => findCommand(zizmor),
    get: () => getFromPython(zizmor, 'zizmor==1.32.0'),
  },
];
