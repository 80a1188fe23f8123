// The table of tools: what is wanted, how it is found, and how it is got. `npm start` and `npm test` use this one.
import { checkers } from './checkers.mjs';
import { findEngine, findImages, getEngine, getImages } from './docker.mjs';
import { judges } from './judges.mjs';
import { findPackages, getPackages } from './packages.mjs';
import { findCommand, getFromDebian } from './services.mjs';
import { findTerraform, getTerraform } from './terraform.mjs';

/**
 * @typedef {object} Found
 * @property {string} version
 * @property {string} from where it comes from, for people
 * @property {readonly string[]} [path] folders that must come first on PATH
 * @property {Record<string, string>} [variables]
 * @property {'own' | 'private'} [engine] whose Docker engine it is
 * @property {string} [proof] what was tried with success, so that it need not be tried again
 */
/**
 * @typedef {object} Context
 * @property {(name: string) => Promise<Found>} ready waits for another tool of the table
 * @property {(folders: readonly string[]) => string} pathWith PATH with these folders first
 * @property {Found | null} former what the last set-up found for this tool
 */
/**
 * @typedef {object} Tool
 * @property {string} name
 * @property {string} wanted
 * @property {string} purpose
 * @property {readonly import('./machine.mjs').Means[]} needs what getting it takes
 * @property {string} byHand what a person can do instead
 * @property {string} tried the distribution on which getting it was tried
 * @property {boolean} [optional] only checks need it, which go on without it and say so
 * @property {boolean} [slow] only a rehearsal and the slow half of the tests need it
 * @property {readonly string[]} after tools whose presence finding this one depends on
 * @property {(context: Context) => Promise<Found | null>} find by what answers, not by what is there; changes nothing
 * @property {((context: Context) => Promise<Found>) | null} get into the cache, complete or not at all; null: only by hand
 */

const git = { names: ['git'], args: ['--version'], minimum: '2.38' };
const registry = {
  names: ['registry', 'docker-registry'],
  args: ['--version'],
  minimum: '2.7',
  folder: 'registry',
};
const haproxy = { names: ['haproxy'], args: ['-v'], minimum: '2.4', folder: 'haproxy' };
const packer = { names: ['packer'], args: ['--version'], minimum: '1.6', folder: 'packer' };
/** @type {readonly Tool[]} */
export const tools = [
  {
    name: 'git',
    wanted: '>= 2.38',
    purpose: 'merges without a work tree, in the stand-in for GitHub',
    needs: [],
    byHand: 'install git 2.38 or newer (Debian 12, Ubuntu 24.04: apt-get install git)',
    tried: 'Debian 12',
    after: [],
    find: () => findCommand(git),
    get: null,
  },
  {
    name: 'workspace packages',
    wanted: 'as in pnpm-lock.yaml, with pnpm 10; Node 24 among them',
    purpose: 'compiler, bundler, test runner, and the Node that actions run on',
    needs: ['npm'],
    byHand: 'pnpm install --frozen-lockfile',
    tried: 'Debian 12',
    after: [],
    find: findPackages,
    get: getPackages,
  },
  {
    name: 'Docker engine',
    wanted: 'a server that answers, buildx >= 0.13, a build into an OCI layout',
    purpose: 'builds the sample and runs it',
    needs: ['root', 'apt'],
    byHand:
      'start Docker (`docker version` must show a server), with buildx 0.13 or newer and the containerd image store ' +
      '({"features": {"containerd-snapshotter": true}} in /etc/docker/daemon.json)',
    tried: 'Debian 12; Debian 13 and Ubuntu not tried',
    after: [],
    slow: true,
    find: findEngine,
    get: getEngine,
  },
  {
    name: 'Node images',
    wanted: 'node:24 and node:24-slim, or the same made here',
    purpose: 'base of the sample application',
    needs: [],
    byHand: 'docker pull node:24 && docker pull node:24-slim',
    tried: 'Debian 12',
    after: ['Docker engine'],
    slow: true,
    find: findImages,
    get: getImages,
  },
  {
    name: 'registry',
    wanted: 'distribution >= 2.7',
    purpose: 'the image registry of a rehearsal',
    needs: ['apt'],
    byHand: 'apt-get install docker-registry',
    tried: 'Debian 12',
    after: [],
    slow: true,
    find: () => findCommand(registry),
    get: () => getFromDebian(registry, 'docker-registry'),
  },
  {
    name: 'HAProxy',
    wanted: '>= 2.4',
    purpose: 'the proxy in front of the sample service',
    needs: ['apt'],
    byHand: 'apt-get install haproxy',
    tried: 'Debian 12',
    after: [],
    slow: true,
    find: () => findCommand(haproxy),
    get: () => getFromDebian(haproxy, 'haproxy'),
  },
  {
    name: 'Terraform',
    wanted: 'Terraform >= 1.4 or OpenTofu >= 1.6',
    purpose: 'plans and applies the infrastructure of the sample',
    // The archive needs nothing, the build needs Go: what cannot be had is said when both were tried.
    needs: [],
    byHand: 'install Terraform or OpenTofu, or Go to have Terraform 1.5.7 built',
    tried: 'Debian 12',
    after: [],
    slow: true,
    find: findTerraform,
    get: getTerraform,
  },
  {
    name: 'Packer',
    wanted: '>= 1.6',
    purpose: 'makes the machine images of the sample',
    needs: ['apt'],
    byHand: 'install Packer (Debian 12: apt-get install packer)',
    tried: 'Debian 12',
    after: [],
    slow: true,
    find: () => findCommand(packer),
    get: () => getFromDebian(packer, 'packer'),
  },
  ...checkers,
  ...judges,
];
