// GitHub Apps: registered with a key pair, installed on repositories, known by what they sign.
import { createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import type { Permissions } from '../model.js';
import { accountOf, type State, stableId } from './state.js';

/** A registered App. Permission names as GitHub has them for Apps: `contents`, `pull_requests`, `workflows`. */
export interface App {
  readonly id: number;
  readonly clientId: string;
  readonly slug: string;
  readonly name: string;
  readonly owner: string;
  readonly permissions: Permissions;
  readonly installationId: number;
  /** Lower-case full names; null: all repositories. */
  readonly repositories: readonly string[] | null;
  readonly createdAt: number;
  /** Null for GitHub's own, which signs nothing here. */
  readonly key: KeyObject | null;
}

export interface NewApp {
  readonly slug: string;
  readonly owner: string;
  readonly permissions: Permissions;
  /** Full names; all repositories unless said. */
  readonly repositories?: readonly string[];
}

/** What an App's owner is given. */
export interface AppCredentials {
  readonly id: number;
  readonly clientId: string;
  readonly slug: string;
  /** Login of what the App does by itself: `slug[bot]`. */
  readonly login: string;
  readonly installationId: number;
  /** PEM, PKCS #1 as GitHub hands it out. */
  readonly privateKey: string;
}

/** The App behind every job token. Source: https://api.github.com/apps/github-actions */
export const actionsApp: App = {
  id: 15_368,
  clientId: 'Iv1.05c79e9ad1f6bdfa',
  slug: 'github-actions',
  name: 'GitHub Actions',
  owner: 'github',
  permissions: {},
  installationId: 0,
  repositories: null,
  createdAt: Date.UTC(2018, 6, 30),
  key: null,
};

/** Registers and installs an App. Throws when the slug is taken. */
export function addApp(state: State, given: NewApp): AppCredentials {
  const { slug, owner, permissions } = given;
  if (slug === actionsApp.slug || state.apps.has(slug)) throw new Error(`App ${slug} exists already`);
  const { publicKey, privateKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
  });
  const id = stableId('app', slug);
  const clientId = `Iv23li${id.toString(36).padStart(14, '0')}`;
  const installationId = state.nextId();
  accountOf(state, `${slug}[bot]`);
  state.apps.set(slug, {
    id,
    clientId,
    slug,
    name: slug,
    owner: accountOf(state, owner, 'Organization').login,
    permissions,
    installationId,
    repositories: given.repositories?.map((name) => name.toLowerCase()) ?? null,
    createdAt: state.clock.now(),
    key: createPublicKey(publicKey),
  });
  return { id, clientId, slug, login: `${slug}[bot]`, installationId, privateKey };
}

/** The App with this id or client id, as a signature's issuer names it. */
export const findApp = (state: State, issuer: string): App | undefined =>
  [...state.apps.values()].find((app) => issuer === String(app.id) || issuer === app.clientId);

export const isInstalled = (app: App, fullName: string): boolean =>
  app.repositories === null || app.repositories.includes(fullName.toLowerCase());
