// Apps, their installations and their tokens as GitHub shows them.
import type { App } from '../apps.js';
import type { State } from '../state.js';
import { presentAccount } from './account.js';
import { isoTime, type Json, nodeId } from './forms.js';

/** Every App may read metadata. */
export const presentPermissions = (app: Pick<App, 'permissions'>): Json =>
  Object.fromEntries([
    ...Object.entries(app.permissions).filter(([, level]) => level !== 'none'),
    ['metadata', 'read'],
  ]);

/** `integration` */
export function presentApp(state: State, app: App): Json {
  return {
    id: app.id,
    client_id: app.clientId,
    slug: app.slug,
    node_id: nodeId('App', app.id),
    owner: presentAccount(state, app.owner),
    name: app.name,
    description: '',
    external_url: `${state.serverUrl}/${app.owner}`,
    html_url: `${state.serverUrl}/apps/${app.slug}`,
    created_at: isoTime(app.createdAt),
    updated_at: isoTime(app.createdAt),
    permissions: presentPermissions(app),
    events: [],
  };
}

/** `installation` */
export function presentInstallation(state: State, app: App): Json {
  const url = `${state.apiUrl}/app/installations/${app.installationId}`;
  const account = presentAccount(state, app.owner);
  return {
    id: app.installationId,
    client_id: app.clientId,
    account,
    repository_selection: app.repositories === null ? 'all' : 'selected',
    access_tokens_url: `${url}/access_tokens`,
    repositories_url: `${state.apiUrl}/installation/repositories`,
    html_url: `${state.serverUrl}/organizations/${app.owner}/settings/installations/${app.installationId}`,
    app_id: app.id,
    app_slug: app.slug,
    target_id: account['id'],
    target_type: account['type'],
    permissions: presentPermissions(app),
    events: [],
    created_at: isoTime(app.createdAt),
    updated_at: isoTime(app.createdAt),
    single_file_name: null,
    has_multiple_single_files: false,
    single_file_paths: [],
    suspended_by: null,
    suspended_at: null,
  };
}
