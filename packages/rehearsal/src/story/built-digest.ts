// Which digest of an image a story means: what the step built, or an earlier one that it names.
import type { DeliveryRecord } from '@headgate/kit/record';

export interface BuildEvidence {
  /** Of the step itself. */
  readonly record: DeliveryRecord | null;
  /** Of each step before, by its name. */
  readonly records: ReadonlyMap<string, DeliveryRecord | null>;
}

export interface BuiltImage {
  readonly image: string;
  /** Name of the step that built it; the step itself unless said. */
  readonly 'built-in'?: string | undefined;
}

/** The digest, or why nobody knows it. */
export function builtDigest(
  { image, 'built-in': step }: BuiltImage,
  { record, records }: BuildEvidence,
): { readonly digest: string } | { readonly problem: string } {
  const source = step === undefined ? record : records.get(step);
  const digest = source?.images.find((part) => part.name === image)?.digest;
  if (digest !== undefined) return { digest };
  const where = step === undefined ? '' : ` in "${step}"`;
  return { problem: `no record says which digest of ${image} was built${where}` };
}
