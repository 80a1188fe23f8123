// The command line: what is understood, and what is refused with which cure.
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readArguments } from '../src/arguments.js';
import { UsageError } from '../src/usage-error.js';

const defaults = {
  story: null,
  json: null,
  html: null,
  keep: false,
  yes: false,
  variables: new Map(),
  actions: null,
};

describe('the command line', () => {
  it.each([
    [[], { command: 'help', about: null }],
    [['--help'], { command: 'help', about: null }],
    [['help', 'check'], { command: 'help', about: 'check' }],
    [['rehearse', '--help'], { command: 'help', about: 'rehearse' }],
    [['--version'], { command: 'version' }],
    [['check'], { command: 'check', directory: '.', json: null }],
    [['check', 'shop', '--json', 'out.json'], { command: 'check', directory: 'shop', json: 'out.json' }],
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
        story: 'first',
        json: null,
        html: 'page.html',
        keep: true,
        yes: true,
        variables: new Map([
          ['A', '1'],
          ['B', 'x=y'],
        ]),
        actions: 'dir',
      },
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
    [['rehearse', '--story'], 'argument missing', 'headgate rehearse --help'],
    [['rehearse', '--yes=no'], 'does not take an argument', 'headgate rehearse --help'],
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
      fc.constantFrom('rehearse', 'check', '--var', '--json', '--', '-', '--story'),
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
