// Users, organisations and bots as GitHub shows them.
import { accountOf, type State } from '../state.js';
import { isoTime, type Json, nodeId } from './forms.js';

/** `simple-user` */
export function presentAccount(state: State, login: string): Json {
  const account = accountOf(state, login);
  const url = `${state.apiUrl}/users/${encodeURIComponent(account.login)}`;
  return {
    login: account.login,
    id: account.id,
    node_id: nodeId(account.type, account.id),
    avatar_url: `${state.serverUrl}/avatars/${account.id}`,
    gravatar_id: '',
    url,
    html_url: `${state.serverUrl}/${encodeURIComponent(account.login)}`,
    followers_url: `${url}/followers`,
    following_url: `${url}/following{/other_user}`,
    gists_url: `${url}/gists{/gist_id}`,
    starred_url: `${url}/starred{/owner}{/repo}`,
    subscriptions_url: `${url}/subscriptions`,
    organizations_url: `${url}/orgs`,
    repos_url: `${url}/repos`,
    events_url: `${url}/events{/privacy}`,
    received_events_url: `${url}/received_events`,
    type: account.type,
    site_admin: false,
  };
}

/** `public-user` */
export function presentProfile(state: State, login: string): Json {
  return {
    ...presentAccount(state, login),
    name: login,
    company: null,
    blog: null,
    location: null,
    email: null,
    hireable: null,
    bio: null,
    public_repos: 0,
    public_gists: 0,
    followers: 0,
    following: 0,
    created_at: isoTime(0),
    updated_at: isoTime(0),
  };
}
