// The built image read back from its layout, in this action's own words when it cannot be.
import { isImageFailure } from '@headgate/image/failures';
import { type ImageLayout, readLayout } from '@headgate/image/layout';
import { failure } from './failures.js';

/** Reads the documents that the builder wrote, each held against its digest. @throws ActionError `layout-invalid` */
export function readBuiltLayout(directory: string): Promise<ImageLayout> {
  return asBuilt(() => readLayout(directory));
}

/** Work on a built layout. @throws ActionError `layout-invalid` for whatever is wrong with it */
export async function asBuilt<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!isImageFailure(error)) throw error;
    throw failure(
      'layout-invalid',
      `The built image cannot be read (${error.code}): ${error.message}`,
      'Run the job again; if it repeats, report the buildx and BuildKit versions.',
      error,
    );
  }
}
