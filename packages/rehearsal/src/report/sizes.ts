// How large the images are: what a host pulls, and what lies on its disk.
import type { PlatformSize } from '@headgate/kit/record-parts';
import type { StoryResult } from '../story/result.js';
import { recordsOf } from './chain.js';
import { dataTable, digestCode, type Html, html, nothing, type Piece } from './html.js';

interface Size extends PlatformSize {
  readonly image: string;
  readonly digest: string;
}

export function sizes(result: StoryResult): Html {
  const found = sizesOf(result);
  if (found.length === 0) return nothing;
  const most = Math.max(1, ...found.map(({ uncompressed }) => uncompressed));
  const columns = [
    { title: 'image' },
    { title: 'digest' },
    { title: 'platform' },
    { title: 'pulled', right: true },
    { title: 'on disk', right: true },
    { title: '' },
  ];
  return dataTable(
    columns,
    found.map((size) => cells(size, most)),
  );
}

function sizesOf(result: StoryResult): readonly Size[] {
  const images = recordsOf(result).flatMap((record) => record.images);
  const once = new Map(images.map((image) => [`${image.name}\n${image.digest}`, image]));
  return [...once.values()].flatMap(({ name, digest, platforms }) =>
    platforms.map((size) => ({ image: name, digest, ...size })),
  );
}

function cells({ image, digest, platform, compressed, uncompressed }: Size, most: number): readonly Piece[] {
  const percent = (bytes: number): string => ((100 * bytes) / most).toFixed(1);
  const bar = html`<span class="size"><span style="width:${percent(uncompressed)}%"></span><span class="pulled" style="width:${percent(compressed)}%"></span></span>`;
  return [image, digestCode(digest), platform, bytesText(compressed), bytesText(uncompressed), bar];
}

/** `812 B`, `48.2 MB`: in steps of a thousand, as registries and disks count. */
export function bytesText(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1_000;
    unit += 1;
  }
  return `${unit === 0 ? value : value.toFixed(value < 10 ? 2 : 1)} ${units[unit] ?? ''}`;
}
