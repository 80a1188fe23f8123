// Which manifests refer to a digest: the referrers API page by page, or the tag that stands for it.
import { type Json, object, objects, parseJson } from '@headgate/image/json';
import { header } from '@headgate/kit/registry/fault';
import { contentType, repositoryUrl } from '@headgate/kit/registry/repository';
import { failure } from './failures.js';
import type { Remote } from './promote-remote.js';

export const ociIndex = 'application/vnd.oci.image.index.v1+json';
const largestPage = 4 * 1024 * 1024;
const mostPages = 100;
/** Of one image and of all that refers to it: signatures and attestations are a handful. */
export const mostReferrers = 500;

/**
 * The descriptors of what refers to a digest, all pages of them (OCI distribution 1.1, "Listing Referrers").
 * @throws ActionError `layout-invalid` for more than `mostReferrers`, or a list without end: half of them is none of them
 */
export async function listReferrers(remote: Remote, digest: string): Promise<readonly Json[]> {
  const { registry } = remote;
  const first = `${repositoryUrl(registry.image)}/referrers/${digest}`;
  const found: Json[] = [];
  const seen = new Set<string>();
  for (let url: string | null = first; url !== null; ) {
    if (seen.has(url)) throw endless(remote, digest, 'a page leads back to one before it');
    if (seen.size === mostPages) throw endless(remote, digest, `more than ${mostPages} pages`);
    seen.add(url);
    const page: Page | null = await readPage(remote, url, digest);
    if (page === null && url === first) return await readTag(remote, digest);
    if (page === null) throw endless(remote, digest, `no answer to page ${seen.size}`);
    found.push(...page.entries);
    if (found.length > mostReferrers) throw endless(remote, digest, `more than ${mostReferrers} manifests`);
    url = nextPage(remote, page.link, url);
  }
  return found;
}

interface Page {
  readonly entries: readonly Json[];
  /** The header `Link` as it came. */
  readonly link: string;
}

/** Null where the registry does not know the path. */
async function readPage(
  { transport, persist, deps }: Remote,
  url: string,
  digest: string,
): Promise<Page | null> {
  return await persist(`list what refers to ${digest}`, async () => {
    const headers = { accept: ociIndex };
    const answer = await transport.send({ method: 'GET', url, headers, signal: deps.signal });
    if (answer.status === 200 && contentType(answer) === ociIndex) {
      const bytes = Buffer.from(await answer.text(largestPage));
      return {
        entries: objects(object(parseJson(bytes, url))['manifests']),
        link: header(answer, 'link') ?? '',
      };
    }
    answer.body.destroy();
    return null;
  }).catch((problem: unknown) => {
    // Before 1.1 a registry may answer anything but an index to a path it does not know.
    if (problem instanceof Error && 'code' in problem && problem.code === 'registry-refused') return null;
    throw problem;
  });
}

/** Where the next page is (RFC 8288): an address, or a path as the specification has it. */
function nextPage({ registry: { image } }: Remote, link: string, from: string): string | null {
  const target = /<([^<>]{1,4096})>\s{0,8};[^,]{0,256}\brel\s{0,8}=\s{0,8}"?next\b/i.exec(link)?.[1];
  if (target === undefined) return null;
  const url = URL.canParse(target, from) ? new URL(target, from) : null;
  // Behind a proxy a registry may not know that it is asked by https: its own host is enough.
  if (url?.host === new URL(from).host) return `${image.origin}${url.pathname}${url.search}`;
  throw failure(
    'registry-refused',
    `${image.host} continues its list of referrers at ${url?.host ?? 'no address'}.`,
    "Look for what changes the registry's answers between the runner and the registry.",
  );
}

/** `sha256-…`, which a registry without the API has instead; one manifest, so one page. */
async function readTag({ registry }: Remote, digest: string): Promise<readonly Json[]> {
  const tag = fallbackTag(digest);
  const tagged = await registry.findManifest(tag);
  const entries = tagged === null ? [] : objects(object(parseJson(tagged.bytes, tag))['manifests']);
  if (entries.length <= mostReferrers) return entries;
  throw endless({ registry }, digest, `more than ${mostReferrers} manifests`);
}

export function fallbackTag(digest: string): string {
  return digest.replace(':', '-');
}

export function endless({ registry }: Pick<Remote, 'registry'>, digest: string, found: string): Error {
  return failure(
    'layout-invalid',
    `What refers to ${registry.image.name}@${digest} cannot be listed to its end: ${found}.`,
    'Delete referrers that nobody needs, or promote within the repository, which carries none.',
  );
}
