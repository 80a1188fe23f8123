// One platform of an inspected image, judged by a policy: what of it is the Dockerfile's, and what came with its base.
import type { InspectedPlatform } from './inspection.js';
import { object, texts } from './json.js';
import type { KeptHeads } from './kept-heads.js';
import { type Judgement, judge } from './policy.js';
import type { Policy } from './policy-form.js';

export interface JudgedContent {
  readonly judgement: Judgement;
  /** Layers from the bottom that the base image brought. */
  readonly baseLayers: number;
  readonly lineOf: (layerIndex: number) => number | null;
}

export interface KnownOrigin {
  /** Lines of the Dockerfile by layer, lowest first; empty where nobody can tell. */
  readonly lines: readonly (number | null)[];
  /** Where it is known better than by the lines. */
  readonly baseLayers?: number;
}

/** Pure. */
export function judgePlatform(
  { layers, config, visibility }: InspectedPlatform,
  { lines, baseLayers = baseLayersIn(lines) }: KnownOrigin,
  { policy, headOf }: { readonly policy: Policy; readonly headOf: KeptHeads['headOf'] },
): JudgedContent {
  const lineOf = (layer: number): number | null => lines[layer] ?? null;
  const settings = object(config.document['config']);
  const judgement = judge(
    {
      layers,
      visibility,
      baseLayers,
      lineOf,
      config: { user: String(settings['User'] ?? ''), env: texts(settings['Env']) ?? [], baseTriggers: [] },
      headOf: (layer, path) => headOf(layers[layer]?.digest ?? '', path),
    },
    policy,
  );
  return { judgement, baseLayers, lineOf };
}

/** What stands below the first instruction of this Dockerfile came with the base image. */
export function baseLayersIn(lines: readonly (number | null)[]): number {
  return Math.max(
    lines.findIndex((line) => line !== null),
    0,
  );
}
