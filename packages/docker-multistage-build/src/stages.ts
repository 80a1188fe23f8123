// The stages of the Dockerfile, as far as anybody but the builder can tell.
import { hasForeignSyntax } from '@headgate/dockerfile/directives';
import { type Dockerfile, parseDockerfile, type Stage } from '@headgate/dockerfile/dockerfile';
import { DockerfileError } from '@headgate/dockerfile/dockerfile-error';
import { type StageGraph, stageGraph } from '@headgate/dockerfile/stage-graph';

/** Stages in file order, none for a file without FROM; null where the builder has to judge: another grammar, or a mistake it names. */
export function stagesOf(text: string): readonly Stage[] | null {
  if (hasForeignSyntax(text)) return null;
  try {
    return parseDockerfile(text).stages;
  } catch (error) {
    if (!(error instanceof DockerfileError)) throw error;
    return error.code === 'no-stage' ? [] : null;
  }
}

export interface GraphWish {
  readonly target: string;
  readonly platforms: readonly string[];
  readonly buildArgs: ReadonlyMap<string, string>;
}

export interface ReadStages {
  readonly dockerfile: Dockerfile;
  readonly graph: StageGraph;
}

/** What each stage needs and what the target leaves out; null where only the builder can tell. */
export function graphFor(text: string, wish: GraphWish): StageGraph | null {
  return readStages(text, wish)?.graph ?? null;
}

/** The same with the Dockerfile itself. */
export function readStages(text: string, { target, platforms, buildArgs }: GraphWish): ReadStages | null {
  if (hasForeignSyntax(text)) return null;
  const [platform] = platforms;
  try {
    const dockerfile = parseDockerfile(text);
    const options = { target, buildArgs, ...(platform === undefined ? {} : { platform }) };
    return { dockerfile, graph: stageGraph(dockerfile, options) };
  } catch (error) {
    if (error instanceof DockerfileError) return null;
    throw error;
  }
}
