// One blob taken over from another repository of the same registry, without its bytes.
import { ActionError } from '../errors.js';
import type { HttpResponse } from '../http.js';
import { abandon, hasBlob } from './blob-upload.js';
import type { Descriptor } from './descriptor.js';
import { header } from './fault.js';
import { checkEcho, type Repository, repositoryUrl } from './repository.js';

/**
 * True when the blob is in the repository afterwards. A registry that refuses, or opens an upload instead as the
 * specification allows, gives false.
 */
export async function mountBlob(
  options: Repository,
  descriptor: Descriptor,
  fromRepository: string,
): Promise<boolean> {
  if (await hasBlob(options, descriptor)) return true;
  const response = await ask(options, descriptor, fromRepository);
  if (response === null) return false;
  response.body.destroy();
  if (response.status === 201) {
    checkEcho(options.image, descriptor.digest, response);
    return true;
  }
  const location = header(response, 'location');
  if (response.status === 202 && location !== null)
    await abandon(options, new URL(location, options.image.origin));
  return false;
}

/** Null for a refusal: the account may read the other repository less than this one. */
async function ask(
  { transport, image, signal }: Repository,
  { digest }: Descriptor,
  fromRepository: string,
): Promise<HttpResponse | null> {
  const query = new URLSearchParams({ mount: digest, from: fromRepository });
  const url = `${repositoryUrl(image)}/blobs/uploads/?${query.toString()}`;
  try {
    return await transport.send({ method: 'POST', url, headers: { 'content-length': '0' }, signal });
  } catch (problem) {
    const refused =
      problem instanceof ActionError &&
      (problem.code === 'registry-refused' || problem.code === 'registry-auth');
    if (!refused) throw problem;
    return null;
  }
}
