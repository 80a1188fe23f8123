// The command line: what is understood, and what is refused with which cure.
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readArguments } from '../src/arguments.js';
import { UsageError } from '../src/usage-error.js';

const defaults = {
  stories: [],
  jobs: 1,
  json: null,
  html: null,
  keep: false,
  yes: false,
  variables: new Map(),
  actions: null,
  pauseOnFailure: false,
  from: null,
};

const plainInit = {
  directory: '.',
  force: false,
  dryRun: false,
  yes: false,
  branches: {},
  approvers: [],
  ports: new Map(),
};

describe('the command line', () => {
  it.each([
    [[], { command: 'help', about: null }],
    [['--help'], { command: 'help', about: null }],
    [['help', 'check'], { command: 'help', about: 'check' }],
    [['rehearse', '--help'], { command: 'help', about: 'rehearse' }],
    [['--version'], { command: 'version' }],
    [['check'], { command: 'check', directory: '.', json: null, github: false, repository: null }],
    [
      ['check', 'shop', '--json', 'out.json', '--github'],
      { command: 'check', directory: 'shop', json: 'out.json', github: true, repository: null },
    ],
    [
      ['check', '--repository', 'acme/shop.js'],
      { command: 'check', directory: '.', json: null, github: true, repository: 'acme/shop.js' },
    ],
    [['init'], { command: 'init', ...plainInit }],
    [['init', '--help'], { command: 'help', about: 'init' }],
    [
      [
        'init',
        'shop',
        '--force',
        '--dry-run',
        '--yes',
        '--approvers',
        '@ada, linus',
        '--port',
        'web=80',
        '--port=a=b=1',
        '--production',
        'main',
      ],
      {
        command: 'init',
        directory: 'shop',
        force: true,
        dryRun: true,
        yes: true,
        branches: { production: 'main' },
        approvers: ['ada', 'linus'],
        ports: new Map([
          ['web', 80],
          ['a=b', 1],
        ]),
      },
    ],
    [
      ['stages'],
      {
        command: 'stages',
        file: 'Dockerfile',
        target: null,
        buildArgs: new Map(),
        platform: null,
        json: null,
        mermaid: false,
      },
    ],
    [
      [
        'stages',
        'web',
        '--target',
        'run',
        '--build-arg',
        'A=b=c',
        '--build-arg=B',
        '--platform',
        'linux/arm64',
        '--json',
        'f',
        '--mermaid',
      ],
      {
        command: 'stages',
        file: 'web',
        target: 'run',
        buildArgs: new Map([
          ['A', 'b=c'],
          ['B', null],
        ]),
        platform: 'linux/arm64',
        json: 'f',
        mermaid: true,
      },
    ],
    [['stages', '--help'], { command: 'help', about: 'stages' }],
    [['retry'], { command: 'retry', job: null, run: null, giveUp: false }],
    [['retry', 'test', '--run', 'd', '--give-up'], { command: 'retry', job: 'test', run: 'd', giveUp: true }],
    [['retry', '--help'], { command: 'help', about: 'retry' }],
    [['rehearse'], { command: 'rehearse', directory: '.', ...defaults }],
    [
      [
        'rehearse',
        'shop',
        '--story',
        'first',
        '--yes',
        '--keep',
        '--var',
        'A=1',
        '--var=B=x=y',
        '--html',
        'page.html',
        '--actions',
        'dir',
      ],
      {
        command: 'rehearse',
        directory: 'shop',
        stories: ['first'],
        jobs: 1,
        json: null,
        html: 'page.html',
        keep: true,
        yes: true,
        variables: new Map([
          ['A', '1'],
          ['B', 'x=y'],
        ]),
        actions: 'dir',
        pauseOnFailure: false,
        from: null,
      },
    ],
    [
      ['rehearse', '--story', 'first', '--story', 'second'],
      { command: 'rehearse', directory: '.', ...defaults, stories: ['first', 'second'] },
    ],
    [
      ['rehearse', '--story', 'first', '--story', 'second', '--jobs', '2'],
      { command: 'rehearse', directory: '.', ...defaults, stories: ['first', 'second'], jobs: 2 },
    ],
  ])('understands %j', (args, order) => {
    expect(readArguments(args)).toEqual(order);
  });

  it.each([
    [['reherse'], 'unknown command reherse', 'Did you mean rehearse?'],
    [['--verbose'], 'unknown option --verbose', 'There are:'],
    [['rehearse', '--stroy', 'a'], 'unknown option --stroy', 'Did you mean --story?'],
    [['rehearse', '-y'], 'unknown option -y', 'There are:'],
    [['check', '--story', 'a'], 'unknown option --story', 'There are:'],
    [['check', 'a', 'b'], 'a second one is b', 'Name one folder.'],
    [['retry', 'a', 'b'], 'a second one is b', 'quotes'],
    [['rehearse', '--story'], 'argument missing', 'headgate rehearse --help'],
    [
      ['rehearse', '--story', 'a', '--story', 'b', '--html', 'x'],
      '--html is about one story, 2 are to be played',
      'Play that story alone.',
    ],
    [['rehearse', '--jobs', '0'], '--jobs takes a number from 1 to 16, "0"', '--jobs 2'],
    [['rehearse', '--jobs', 'all'], '--jobs takes a number from 1 to 16, "all"', '--jobs 2'],
    [['rehearse', '--yes=no'], 'does not take an argument', 'headgate rehearse --help'],
    [
      ['check', '--repository', 'acme/..'],
      '--repository takes OWNER/NAME, "acme/.."',
      '--repository acme/shop',
    ],
    [['init', '--forse'], 'unknown option --forse', 'Did you mean --force?'],
    [['init', '--port', 'web'], '--port takes SERVICE=PORT, "web"', '--port web=3000'],
    [['init', '--port', 'web=70000'], '--port takes SERVICE=PORT', '--port web=3000'],
    [['init', '--approvers', 'ada,not a login'], '"not a login" is none', '--approvers ada,grace'],
    [['init', '--production', 'a..b'], '--production takes the name of a branch', '--production main'],
    [['init', '--production', 'x', '--development', 'x'], 'are both x', 'Name two branches.'],
    [['stages', 'a', 'b'], 'a second one is b', 'Name one Dockerfile.'],
    [['stages', '--build-arg', '=x'], '--build-arg takes NAME=VALUE, "=x"', '--build-arg VERSION=24'],
    [['rehearse', '--var', 'A'], '--var takes NAME=VALUE, "A"', '--var NODE_IMAGE=node:24'],
  ])('refuses %j', (args, message, hint) => {
    expect.assertions(3);
    try {
      readArguments(args);
    } catch (error) {
      expect(error).toBeInstanceOf(UsageError);
      expect((error as UsageError).message).toContain(message);
      expect((error as UsageError).hint).toContain(hint);
    }
  });

  it('gives an order or a usage error for anything', () => {
    const word = fc.oneof(
      fc.constantFrom(
        'init',
        'rehearse',
        'check',
        '--port',
        '--approvers',
        '--production',
        '--var',
        '--json',
        '--',
        '-',
        '--story',
      ),
      fc.string(),
    );
    fc.assert(
      fc.property(fc.array(word, { maxLength: 6 }), (args) => {
        try {
          expect(readArguments(args).command).toBeTruthy();
        } catch (error) {
          expect(error).toBeInstanceOf(UsageError);
        }
      }),
    );
  });
});
