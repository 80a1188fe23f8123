// What a container's configs and secrets were, as digests in a label: a plan tells which of them would be others; pure.
import { canonicalJson, hmac } from '@headgate/kit/digest';
import { record, text } from './engine-answers.js';
import type { ServiceFile } from './service.js';

export const filesLabel = 'io.headgate.files';

/** No label for none. Under the service's salt, as everything that may be a secret. */
export function fileLabels(files: readonly ServiceFile[], salt: string): Readonly<Record<string, string>> {
  if (files.length === 0) return {};
  const digests = files.map((file) => {
    return [
      file.target,
      hmac(salt, canonicalJson({ ...file }))
        .slice('sha256:'.length)
        .slice(0, 12),
    ];
  });
  return { [filesLabel]: canonicalJson(Object.fromEntries(digests)) };
}

/** Path in the container → digest; none where the label is not ours. */
export function filesIn(labels: unknown): ReadonlyMap<string, string> {
  try {
    const digests = record(JSON.parse(text(record(labels)[filesLabel])));
    return new Map(Object.entries(digests).map(([path, digest]) => [path, text(digest)]));
  } catch {
    return new Map();
  }
}
