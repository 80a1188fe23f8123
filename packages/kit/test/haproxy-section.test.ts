// The section of HAProxy's configuration: what it says, and that no value of headgate.yml says more in it than one word.
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ActionError } from '../src/errors.js';
import { type ProxiedService, type ProxySection, proxySection, slotsFor } from '../src/haproxy-section.js';

const service: ProxiedService = {
  backend: 'shop',
  listen: '127.0.0.1:8080',
  slots: 6,
  healthPath: '/health',
  checkInterval: 1000,
};
const section: ProxySection = {
  socket: '/run/haproxy/admin.sock',
  stateDirectory: '/var/lib/headgate',
  services: [service],
};

/** A line's words as HAProxy takes it apart: quotes, escapes, blanks, comments. Source: its configuration guide, 2.2. */
function words(line: string): readonly string[] {
  const found: string[] = [];
  let word: string | null = null;
  let isQuoted = false;
  for (let at = 0; at < line.length; at += 1) {
    const character = line[at] ?? '';
    if (character === "'") {
      isQuoted = !isQuoted;
      word ??= '';
    } else if (!isQuoted && character === '\\') {
      at += 1;
      word = (word ?? '') + (line[at] ?? '');
    } else if (!isQuoted && character === ' ') {
      if (word !== null) found.push(word);
      word = null;
    } else if (!isQuoted && '"#$'.includes(character)) {
      throw new Error(`an unquoted ${character}`);
    } else word = (word ?? '') + character;
  }
  if (isQuoted) throw new Error('a quote without an end');
  return word === null ? found : [...found, word];
}

const statements = (text: string): readonly (readonly string[])[] =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map(words);

describe('a section', () => {
  it('has slots, checks, the socket, the state file and careful retries', () => {
    const text = statements(proxySection(section)).map((line) => line.join(' '));

    for (const line of [
      'stats socket /run/haproxy/admin.sock mode 660 level admin expose-fd listeners',
      'hard-stop-after 15m',
      'setenv HEADGATE_STATE:shop /var/lib/headgate/shop.state',
      'bind 127.0.0.1:8080',
      'default_backend shop',
      'option redispatch 1',
      'retry-on conn-failure',
      'timeout check 5s',
      'timeout tunnel 1h',
      'option httpchk GET /health',
      'load-server-state-from-file local',
      'server-state-file-name /var/lib/headgate/shop.state',
      'default-server inter 1000ms fall 3 rise 1',
      'server-template slot 1-6 slot.invalid:9 check disabled',
    ])
      expect(text).toContain(line);
    expect(text.filter((line) => line.startsWith('defaults'))).toEqual([]);
  });

  it('leaves the frontend to somebody else when no address is given', () => {
    expect(proxySection({ ...section, services: [{ ...service, listen: null }] })).not.toMatch(
      /frontend|bind/,
    );
  });

  it.each([
    ['header', 'X-Variant', 'req.hdr(X-Variant)'],
    ['cookie', 'variant', 'req.cook(variant)'],
  ] as const)('leads requests by a %s through a map', (by, name, value) => {
    const variant = { by, name, map: '/etc/haproxy/shop-ab.map' };
    const text = proxySection({ ...section, services: [{ ...service, variant }] });

    expect(text).toContain(
      `  http-request set-var-fmt(txn.ab) ${by}:${name}=%[${value}]/%[rand(16)]
  use-server %[var(txn.ab),map(/etc/haproxy/shop-ab.map)] if { var(txn.ab),map(/etc/haproxy/shop-ab.map) -m found }
`,
    );
    for (const bad of [{ name: 'a)b' }, { name: 'a b' }, { name: '' }, { map: 'ab.map' }, { map: '/a)b' }])
      expect(() =>
        proxySection({ ...section, services: [{ ...service, variant: { ...variant, ...bad } }] }),
      ).toThrow(/of the proxy/);
  });

  it('has room for an old and a new set', () => {
    expect([1, 2, 10].map(slotsFor)).toEqual([4, 6, 22]);
  });

  const hostile = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string({ unit: fc.constantFrom(...`aZ0/.:-_@'"\\#\${}%;| \n\r\t\0`) }).map((text) => `/${text}`),
    fc.string({ unit: fc.constantFrom(...`aZ0/.:-_@'"\\#$ \n`) }).map((text) => `a${text}:80`),
  );

  it('says the same with any value in it, or is refused', () => {
    const shape = statements(proxySection(section));
    let taken = 0;
    fc.assert(
      fc.property(
        fc.constantFrom('backend', 'listen', 'healthPath', 'socket', 'stateDirectory'),
        hostile,
        (member, value) => {
          const isOfService = member === 'backend' || member === 'listen' || member === 'healthPath';
          const given: ProxySection = isOfService
            ? { ...section, services: [{ ...service, [member]: value }] }
            : { ...section, [member]: value };
          let text: string;
          try {
            text = proxySection(given);
          } catch (error) {
            expect(error).toBeInstanceOf(ActionError);
            expect(error).toMatchObject({ code: 'invalid-proxy' });
            return;
          }
          taken += 1;
          const lines = statements(text);
          expect(lines.map((line) => line.length)).toEqual(shape.map((line) => line.length));
          if (member === 'healthPath') expect(lines.flat()).toContain(value);
          // Nothing but the words that hold the value differs.
          const changed = lines.flat().filter((word, at) => word !== shape.flat()[at]);
          for (const word of changed) expect(word).toContain(value.replace(/\/+$/, ''));
        },
      ),
      { numRuns: 2000 },
    );
    expect(taken).toBeGreaterThan(20);
  });

  it.each([0, 257, 1.5, Number.NaN])('refuses %d slots', (slots) => {
    expect(() => proxySection({ ...section, services: [{ ...service, slots }] })).toThrow(/1 to 256/);
  });
});
