// Which containers on an engine belong to a rehearsal that has ended.
import { describe, expect, it } from '@jest/globals';
import type { Accepts } from '../../src/parts/connection.js';
import { deadContainers, type LabelledContainer } from '../../src/parts/leftovers.js';

const own = '/tmp/headgate-aB3dE9/parts/proxy.sock';
const container = (proxy: string | null, Image = '127.0.0.1:40001/octo/shop@sha256:ab') => ({
  Image,
  Labels: proxy === null ? null : { 'io.headgate.proxy': proxy },
});
const preview = (of: string) => ({ ...container(null), Labels: { 'io.headgate.preview': of } });

describe('a container', () => {
  it.each<[string, LabelledContainer, readonly string[], boolean]>([
    ['whose proxy and registry are gone', container(`${own}#shop`), [], true],
    ['behind a second proxy', container(`${own.replace('proxy', 'proxy-2')}#shop`), [], true],
    ['whose proxy answers', container(`${own}#shop`), [own], false],
    ['whose registry answers', container(`${own}#shop`), ['127.0.0.1:40001'], false],
    [
      'of another rehearsal’s proxy alone',
      container(`${own}#shop`),
      ['/tmp/headgate-zzzzzz/parts/proxy.sock'],
      true,
    ],
    ['of the real application', container('/run/haproxy/admin.sock#shop'), [], false],
    [
      'of somebody’s own folder of a like name',
      container('/srv/headgate-shop/parts/proxy.sock#shop'),
      [],
      false,
    ],
    ['from a public registry', container(`${own}#shop`, 'ghcr.io/octo/shop@sha256:ab'), [], false],
    ['of nobody', container(null), [], false],
    ['of a preview whose registry is gone', preview('octo/shop#shop'), [], true],
    ['of a preview whose registry answers', preview('octo/shop#shop'), ['127.0.0.1:40001'], false],
    ['of a preview of a real repository', preview('acme/shop#shop'), [], false],
    ['with a path that only contains the form', container(`x${own}#shop`), [], false],
  ])('%s', async (_, listed, alive, dead) => {
    const accepts: Accepts = async (place) =>
      alive.includes('path' in place ? place.path : `${place.host}:${place.port}`);

    const found = await deadContainers([listed], accepts);

    expect(found).toEqual(dead ? [listed] : []);
  });
});
