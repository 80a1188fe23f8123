// The state file as it is kept: where the proxy says, whole, and never by something that is no state.
import { describe, expect, it } from '@jest/globals';
import { stateKeeper } from '../src/state-file.js';

const state = '1\n# be_id be_name srv_id srv_name\n3 web 1 slot1\n';

interface Given {
  readonly variable: string;
  readonly state?: string;
  readonly replace?: () => Promise<void>;
}

async function keepTwice({ variable, state: answer = state, replace }: Given) {
  const said: string[] = [];
  const written: (readonly [string, string])[] = [];
  const asked: string[] = [];
  const keep = stateKeeper({
    ask: async (command) => {
      asked.push(command);
      return command.startsWith('show env') ? variable : answer;
    },
    files: { replace: async (path, content) => (replace ? replace() : void written.push([path, content])) },
    backend: 'web',
    log: { info: (line) => said.push(`info ${line}`), warning: (line) => said.push(`warning ${line}`) },
  });
  await keep();
  await keep();
  return { said, written, asked };
}

describe('the state file', () => {
  it('holds what the proxy answers, at the path that it names', async () => {
    const { said, written, asked } = await keepTwice({
      variable: 'HEADGATE_STATE:web=/var/lib/web.state\n\n',
    });

    // Once: nothing had changed when it was asked again.
    expect(written).toEqual([['/var/lib/web.state', state]]);
    expect(asked.filter((command) => command === 'show servers state web')).toHaveLength(2);
    expect(asked.filter((command) => command === 'show env HEADGATE_STATE:web')).toHaveLength(1);
    expect(said).toEqual([]);
  });

  it.each([
    'Variable not found\n\n',
    'HEADGATE_STATE:web=relative.state\n',
    'HEADGATE_STATE:web=\n',
    'HEADGATE_STATE:webs=/var/lib/webs.state\n',
    'HEADGATE_STATE:web=/a path\n',
    '',
  ])('is written nowhere when the proxy answers %j, which is said once', async (variable) => {
    const { said, written } = await keepTwice({ variable });

    expect(written).toEqual([]);
    expect(said).toEqual([
      expect.stringMatching(/^info the proxy keeps no state file for web: .*headgate proxy/),
    ]);
  });

  it.each(['', 'Permission denied\n', "Can't find backend.\n"])(
    'stays as it is when the state is %j',
    async (answer) => {
      const { said, written } = await keepTwice({
        variable: 'HEADGATE_STATE:web=/var/lib/web.state\n',
        state: answer,
      });

      expect(written).toEqual([]);
      expect(said).toHaveLength(1);
    },
  );

  it('that cannot be written is said once, with its path and the cure', async () => {
    const { said } = await keepTwice({
      variable: 'HEADGATE_STATE:web=/var/lib/web.state\n',
      replace: () => Promise.reject(new Error('EACCES')),
    });

    expect(said).toEqual([
      expect.stringMatching(/^warning .*\/var\/lib\/web\.state.*EACCES.*Let the user that deploys write/),
    ]);
  });
});
