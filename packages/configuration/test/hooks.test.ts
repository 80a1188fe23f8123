// Hooks of a target: what headgate.yml says wrong about them, and what rolling-deploy is told.
import { describe, expect, it } from '@jest/globals';
import { decide } from '../src/decide.js';
import type { Settings } from '../src/decision.js';
import { formatProblem } from '../src/problem.js';
import { checkConfiguration } from '../src/read.js';
import { factsOf, fleet, fleetFiles, readFleet } from './fixtures.js';

const place = '        tests:\n          smoke:';
const withHooks = (hooks: string): string => fleet.replace(place, `        hooks: ${hooks}\n${place}`);

function problemsOf(hooks: string): readonly string[] {
  const reading = checkConfiguration(withHooks(hooks), 'headgate.yml', fleetFiles);
  return reading.ok ? [] : reading.problems.map((problem) => formatProblem('headgate.yml', problem));
}

function settingsOf(hooks: string, variables: Readonly<Record<string, string>> = {}): Settings | undefined {
  const facts = factsOf({
    event: { kind: 'push', branch: 'release/1.3.0' },
    ref: 'refs/heads/release/1.3.0',
    variables: new Map([...factsOf().variables, ...Object.entries(variables)]),
  });
  return decide(facts, readFleet(withHooks(hooks))).targets[0]?.settings;
}

describe('the hooks of a target', () => {
  it.each([
    ['{after-strt: []}', 'unknown key `after-strt`'],
    ['{after-start: {command: [x]}}', 'a list was expected'],
    ['{after-start: [{}]}', 'one of command, http and task was expected, found none'],
    ['{after-start: [{command: [x], http: {path: /}}]}', 'found command and http'],
    ['{after-start: [{command: []}]}', 'at least the program'],
    ['{after-start: [{command: node x}]}', 'a list was expected'],
    ['{after-start: [{command: [x]}, {command: [y]}]}', 'command stands twice at after-start'],
    ['{after-start: [{name: a, command: [x]}, {name: a, http: {path: /}}]}', 'a stands twice at after-start'],
    ['{after-start: [{http: {}}]}', 'either path or url was expected'],
    ['{after-start: [{http: {path: /, url: "https://a.example"}}]}', 'either path or url was expected'],
    ['{after-start: [{http: {path: //evil.example}}]}', 'a path beginning with one /'],
    ['{after-start: [{http: {path: /, method: get}}]}', 'GET'],
    ['{after-start: [{http: {path: /, status: 99}}]}', 'a status from 200 to 599'],
    ['{after-start: [{command: [x], timeout: 0s}]}', 'a duration above 0'],
    ['{after-start: [{command: [x], hosts: some}]}', 'each'],
    [
      '{before-deploy: [{task: {image: smok, command: [x]}}]}',
      'the image `smok`, which `images` does not have, did you mean `smoke`?',
    ],
    ['{before-deploy: [{task: {image: smoke}}]}', 'lacks the key `command`'],
  ])('%s is wrong', (hooks, problem) => {
    expect(problemsOf(hooks)[0]).toContain(problem);
  });

  it('ask no path of a service without a port', () => {
    const text = withHooks('{after-start: [{http: {path: /}}]}').replace(
      '        port: 1\n        proxy: {socket: /s, backend: b}\n',
      '',
    );
    const reading = checkConfiguration(text, 'headgate.yml', fleetFiles);

    expect(reading.ok ? [] : reading.problems.map(({ message }) => message)).toEqual([
      expect.stringContaining('the service has no port to be asked on'),
    ]);
  });

  it('become the input of the action, with values for variables and the image that is deployed', () => {
    const settings = settingsOf(
      '{before-deploy: [{task: {command: [node, m.js], environment: {A: {var: A}}}, hosts: first}], after-deploy: [{name: tell, http: {method: POST, url: {var: NEWS}, status: [200, 204]}, timeout: 5s}]}',
      { NEWS: 'https://news.example.com/shop?a=b', A: 'x' },
    );

    expect(settings?.['hooks']).toEqual({
      'before-deploy': [
        {
          task: { 'image-name': 'shop', command: ['node', 'm.js'], environment: { A: 'x' } },
          timeout: '1m',
          hosts: 'first',
        },
      ],
      'after-deploy': [
        {
          name: 'tell',
          http: { method: 'POST', url: 'https://news.example.com/shop?a=b', status: [200, 204] },
          timeout: '5s',
          hosts: 'each',
        },
      ],
    });
    expect(settingsOf('{}')).not.toHaveProperty('hooks');
  });

  it.each(['ftp://a', 'https://me:secret@a.example/', 'https://', '/path'])(
    'refuse the address %s',
    (url) => {
      expect(() => settingsOf('{after-deploy: [{http: {url: {var: NEWS}}}]}', { NEWS: url })).toThrow(
        'environments.staging.targets.web.hooks.after-deploy.0.http.url: an http or https address without a user was expected',
      );
    },
  );
});
