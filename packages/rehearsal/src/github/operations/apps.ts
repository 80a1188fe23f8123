// Operations of Apps: who they are, where they are installed, tokens for an installation.
import type { PermissionLevel, Permissions } from '../../model.js';
import { undecodable } from '../app-signature.js';
import { type App, isInstalled } from '../apps.js';
import type { AccountOperations, Call } from '../operation.js';
import { numberOf } from '../operation.js';
import { presentApp, presentInstallation, presentPermissions } from '../present/app.js';
import { isoTime, type Json } from '../present/forms.js';
import { presentRepository } from '../present/repository.js';
import { created, HttpProblem, noContent, notFound, ok } from '../reply.js';
import { findRepository, type RepositoryState } from '../state.js';

/** An installation's token lives for an hour. Source: https://docs.github.com/rest/apps/apps#create-an-installation-access-token-for-an-app */
const lifetimeMs = 3_600_000;

function signedApp(call: Call): App {
  if (call.caller.signedFor === undefined) throw undecodable();
  return call.caller.signedFor;
}

const rank: Readonly<Record<PermissionLevel, number>> = { none: 0, read: 1, write: 2 };

/** All the App has, or the part that was asked for. */
function askedPermissions(call: Call, app: App): Permissions {
  const asked = call.body['permissions'];
  if (typeof asked !== 'object' || asked === null) return app.permissions;
  const entries = Object.entries(asked) as [string, PermissionLevel][];
  const beyond = entries.some(
    ([name, level]) => name !== 'metadata' && rank[level] > rank[app.permissions[name] ?? 'none'],
  );
  if (beyond) throw new HttpProblem(422, 'The permissions requested are not granted to this installation.');
  return Object.fromEntries(entries);
}

/** The repositories that were named, without their owner or by id; null: all of the installation. */
function askedRepositories(call: Call, app: App): readonly RepositoryState[] | null {
  const { repositories: names, repository_ids: ids } = call.body;
  if (!Array.isArray(names) && !Array.isArray(ids)) return null;
  const named = (Array.isArray(names) ? names : []).map((name) =>
    findRepository(call.state, `${app.owner}/${String(name)}`),
  );
  const known = (Array.isArray(ids) ? ids : []).map((id) =>
    [...call.state.repositories.values()].find((repository) => repository.id === id),
  );
  return [...named, ...known].map((repository) => {
    if (repository !== undefined && isInstalled(app, repository.fullName)) return repository;
    throw new HttpProblem(
      422,
      'There is at least one repository that does not exist or is not accessible to the parent installation.',
    );
  });
}

function createToken(call: Call): Json {
  const app = signedApp(call);
  if (numberOf(call, 'installation_id') !== app.installationId) throw notFound();
  const permissions = askedPermissions(call, app);
  const repositories = askedRepositories(call, app);
  const expiresAt = call.state.clock.now() + lifetimeMs;
  const names = repositories?.map(({ fullName }) => fullName.toLowerCase()) ?? app.repositories;
  const token = call.access.install({ app, permissions, repositories: names, expiresAt });
  return {
    token,
    expires_at: isoTime(expiresAt),
    permissions: presentPermissions({ permissions }),
    repository_selection: names === null ? 'all' : 'selected',
    ...(repositories === null
      ? {}
      : { repositories: repositories.map((one) => presentRepository(call.state, one)) }),
  };
}

function installationOn(call: Call): App {
  const app = signedApp(call);
  const repository = findRepository(call.state, `${call.path['owner']}/${call.path['repo']}`);
  if (repository === undefined || !isInstalled(app, repository.fullName)) throw notFound();
  return app;
}

export const appOperations: AccountOperations = {
  'apps/get-authenticated': { handle: (call) => ok(presentApp(call.state, signedApp(call))) },
  'apps/get-repo-installation': {
    handle: (call) => ok(presentInstallation(call.state, installationOn(call))),
  },
  'apps/create-installation-access-token': { handle: (call) => created(createToken(call)) },
  'apps/revoke-installation-access-token': {
    handle: (call) => {
      if (call.caller.revoke === undefined)
        throw new HttpProblem(403, 'This endpoint requires an installation access token');
      call.caller.revoke();
      return noContent();
    },
  },
};
