// The input `hooks`: what is taken, and what is refused by point, hook and member before anything is touched.
import { InputError } from '@headgate/kit/errors';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parseHooks } from '../src/hook-inputs.js';
import { hookPoints } from '../src/hooks.js';

describe('the input hooks', () => {
  it.each([undefined, null, ''])('is none when it is %j', (value) => {
    expect(parseHooks(value, true)).toEqual([]);
  });

  it('takes a command, an HTTP call and a task with all their members', () => {
    const hooks = parseHooks(
      {
        'before-deploy': [
          {
            name: 'migrate',
            task: { 'image-name': 'tools', command: ['node', 'migrate.js'], environment: { A: 1 } },
            timeout: '10m',
            hosts: 'first',
          },
        ],
        'test-traffic': [
          { http: { path: '/smoke?a=b' } },
          { name: 'warm', command: ['node', 'warm.js', 8080] },
        ],
        'after-deploy': [
          { name: 'tell', http: { method: 'POST', url: 'https://hooks.example.com/a', status: [200, 204] } },
        ],
      },
      true,
    );

    expect(hooks).toEqual([
      {
        point: 'before-deploy',
        name: 'migrate',
        deadlineMs: 600_000,
        onFirstHost: true,
        work: {
          kind: 'task',
          imageName: 'tools',
          task: {
            name: 'migrate',
            command: ['node', 'migrate.js'],
            environment: new Map([['A', '1']]),
            deadlineMs: 60_000,
          },
        },
      },
      {
        point: 'test-traffic',
        name: 'http',
        deadlineMs: 60_000,
        onFirstHost: false,
        work: { kind: 'http', method: 'GET', to: '/smoke?a=b', expected: [] },
      },
      {
        point: 'test-traffic',
        name: 'warm',
        deadlineMs: 60_000,
        onFirstHost: false,
        work: { kind: 'command', command: ['node', 'warm.js', '8080'] },
      },
      {
        point: 'after-deploy',
        name: 'tell',
        deadlineMs: 60_000,
        onFirstHost: false,
        work: { kind: 'http', method: 'POST', to: 'https://hooks.example.com/a', expected: [200, 204] },
      },
    ]);
  });

  const at = (hook: unknown, point = 'after-start'): unknown => ({ [point]: [hook] });
  it.each([
    [[], 'a point: a map was expected'],
    [{ 'before-deploi': [] }, '"before-deploi" is no point'],
    [{ 'after-start': { command: ['x'] } }, 'after-start: a list of at most 20 hooks was expected'],
    [{ 'after-start': Array.from({ length: 21 }, () => ({ command: ['x'] })) }, 'a list of at most 20 hooks'],
    [{ 'after-start': [{ command: ['a'] }, { command: ['b'] }] }, 'after-start: command stands twice'],
    [at('node warm.js'), 'after-start[0]: a map was expected'],
    [at({ command: ['x'], retries: 3 }), 'after-start[0]: it has no "retries"'],
    [at({}), 'one of command, http and task was expected, none was found'],
    [at({ command: ['x'], http: { path: '/' } }), 'command and http was found'],
    [at({ name: '../x', command: ['x'] }), '"../x" is no name'],
    [at({ command: 'node warm.js' }), 'after-start/command: command: a list was expected'],
    [at({ command: [] }), 'after-start/command: command: it is empty'],
    [at({ command: ['a\0b'] }), 'it holds a NUL character'],
    [at({ command: ['x'], timeout: '0s' }), 'timeout: a time longer than 0 was expected'],
    [at({ command: ['x'], timeout: 'soon' }), 'timeout: a time longer than 0 was expected'],
    [at({ command: ['x'], hosts: 'some' }), 'hosts: first or each was expected, "some" was found'],
    [at({ task: {} }), 'task: a command was expected'],
    [at({ task: { command: ['x'], deadline: '1m' } }), 'task: it has no deadline'],
    [at({ http: '/smoke' }), 'after-start/http: http: a map was expected'],
    [at({ http: {} }), 'either path or url was expected'],
    [at({ http: { path: '/', url: 'http://a/' } }), 'either path or url was expected'],
    [at({ http: { path: 'smoke' } }), 'path: a path beginning with /'],
    [at({ http: { path: '/a b' } }), 'path: a path beginning with /'],
    [at({ http: { path: '/a\r\nX: y' } }), 'path: a path beginning with /'],
    [at({ http: { path: '//evil.example.com/' } }), 'path: a path beginning with /'],
    [at({ http: { url: 'file:///etc/passwd' } }), 'url: an http or https address without a user'],
    [at({ http: { url: 'https://me:secret@a/' } }), 'url: an http or https address without a user'],
    [at({ http: { url: 'https://' } }), 'url: an http or https address without a user'],
    [at({ http: { path: '/', method: 'TRACE' } }), 'method: one of GET, HEAD'],
    [at({ http: { path: '/', method: 'get' } }), 'method: one of GET, HEAD'],
    [at({ http: { path: '/', status: 99 } }), 'status: numbers from 200 to 599'],
    [at({ http: { path: '/', status: ['200'] } }), 'status: numbers from 200 to 599'],
    [at({ http: { path: '/', headers: {} } }), 'http: it has no "headers"'],
  ])('refuses %j', (value, problem) => {
    expect(() => parseHooks(value, true)).toThrow(problem);
  });

  it('refuses a path of a service that has no port, and takes an address there', () => {
    expect(() => parseHooks(at({ http: { path: '/' } }), false)).toThrow(
      'the service has no port to be asked on',
    );
    expect(parseHooks(at({ http: { url: 'http://a.example/' } }), false)).toHaveLength(1);
  });

  it('throws nothing but an InputError, and takes no path that leads elsewhere', () => {
    const hook = fc.record(
      {
        name: fc.string(),
        command: fc.oneof(fc.string(), fc.array(fc.string())),
        http: fc.record({ path: fc.string(), url: fc.webUrl(), method: fc.string() }, { requiredKeys: [] }),
        task: fc.anything(),
        timeout: fc.string(),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(fc.constantFrom(...hookPoints, 'other'), fc.oneof(hook, fc.anything()), (point, item) => {
        try {
          for (const { work } of parseHooks({ [point]: [item] }, true))
            if (work.kind === 'http' && work.to.startsWith('/'))
              expect(new URL(`http://127.0.0.1:7${work.to}`).host).toBe('127.0.0.1:7');
        } catch (error) {
          expect(error).toBeInstanceOf(InputError);
        }
      }),
    );
  });
});
