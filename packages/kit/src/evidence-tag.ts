// Evidence without age: an annotated tag names the digest of a record, and the tag's release holds that record.
import { digestOf } from './digest.js';
import { ActionError } from './errors.js';
import { treeOf } from './evidence-commit.js';
import { unpublishedDoubt } from './evidence-record.js';
import type { GitHub } from './github.js';
import { dataOrNull } from './octokit-errors.js';
import { type DeliveryRecord, parseRecord } from './record.js';
import { recordFileName } from './record-names.js';
import { recordNamedBy } from './tag-record.js';
import { missingTagRules } from './tag-rules.js';

export interface TagEvidence {
  readonly tag: string;
  readonly commit: string;
  readonly tree: string;
  readonly record: DeliveryRecord;
  /** Address of the release. */
  readonly url: string;
  /** Rules that are missing: with any of them somebody else could have set this tag. Empty: it is protected. */
  readonly unprotected: readonly string[];
}

export interface TagQuery {
  readonly github: GitHub;
  /** `owner/name`, as the record must have it. */
  readonly repository: string;
  /** Name of the tag. */
  readonly tag: string;
}

interface Reference {
  readonly object: { readonly type: string; readonly sha: string };
}

interface Annotated {
  readonly message: string;
  readonly object: { readonly type: string; readonly sha: string };
}

interface Release {
  readonly html_url: string;
  readonly assets: readonly { readonly id: number; readonly name: string; readonly size: number }[];
}

/** A record of 256 legs has less than a tenth of it. Bytes. */
const largestRecord = 32 * 1024 * 1024;

/**
 * What the tag shows, or the reason why it shows nothing. Whether it is protected is for the caller to weigh: an
 * approval that is asked for may say so, nothing else may rest on an unprotected one (trust.md, 'Evidence').
 * Needs `contents: read`.
 * @throws {ActionError} of the GitHub calls
 */
export async function findTagEvidence({ github, repository, tag }: TagQuery): Promise<TagEvidence | string> {
  const annotated = await annotatedTag(github, tag);
  if (typeof annotated === 'string') return annotated;
  const digest = recordNamedBy(annotated.message);
  if (digest === null) return `the tag ${tag} names no record`;
  const commit = annotated.object.sha;
  const tree = annotated.object.type === 'commit' ? await treeOf(github, commit) : null;
  if (tree === null) return `the tag ${tag} is on no commit that is still there`;
  const release = await dataOrNull(
    github.request<Release>('GET /repos/{owner}/{repo}/releases/tags/{tag}', { tag }),
  );
  if (release === null) return `the tag ${tag} has no published release`;
  const record = await readRecord(github, release);
  if (typeof record === 'string') return `the release ${tag}: ${record}`;
  const found = digestOf(record);
  if (found !== digest) return `the release ${tag}: its record is ${found}, the tag names ${digest}`;
  const doubt = recordDoubt(record, { repository, commit, tree });
  if (doubt !== null) return `the release ${tag}: ${doubt}`;
  const unprotected = await missingTagRules(github, tag);
  return { tag, commit, tree, record, url: release.html_url, unprotected };
}

interface Place {
  readonly repository: string;
  readonly commit: string;
  readonly tree: string;
}

function recordDoubt({ flow, images }: DeliveryRecord, { repository, commit, tree }: Place): string | null {
  if (flow.repository.toLowerCase() !== repository.toLowerCase())
    return 'its record belongs to another repository';
  if (flow.commit !== commit || flow.tree !== tree) return 'its record is about another commit';
  return unpublishedDoubt(images);
}

async function annotatedTag(github: GitHub, tag: string): Promise<Annotated | string> {
  const reference = await dataOrNull(
    github.request<Reference>('GET /repos/{owner}/{repo}/git/ref/tags/{tag}', { tag }),
  );
  if (reference === null) return `there is no tag ${tag}`;
  const { type, sha } = reference.object;
  if (type !== 'tag') return `the tag ${tag} is not annotated`;
  const route = 'GET /repos/{owner}/{repo}/git/tags/{tag_sha}';
  return (await github.request<Annotated>(route, { tag_sha: sha })).data;
}

async function readRecord(github: GitHub, { assets }: Release): Promise<DeliveryRecord | string> {
  const asset = assets.find(({ name }) => name === recordFileName);
  if (asset === undefined) return `it has no file ${recordFileName}`;
  if (asset.size > largestRecord) return `its ${recordFileName} is too large`;
  try {
    const text = new TextDecoder().decode(await github.downloadAsset(asset.id));
    return parseRecord(JSON.parse(text));
  } catch (error) {
    if (error instanceof SyntaxError) return `its ${recordFileName} is not JSON`;
    if (error instanceof ActionError && error.code === 'invalid-record')
      return `its ${recordFileName} is no record`;
    throw error;
  }
}
