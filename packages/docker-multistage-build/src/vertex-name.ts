// What BuildKit calls a step: `[platform->arch stage i/n] instruction`, or words of its own for work around the stages.

/** An instruction that BuildKit counts: only these have a position in their stage. */
export type CountedKind = 'FROM' | 'RUN' | 'COPY' | 'ADD' | 'WORKDIR';

export interface VertexName {
  /** `linux/amd64` or `linux/amd64->arm64`; null unless several platforms were asked for. */
  readonly platform: string | null;
  /** Null when the file has one stage, and for work around the stages. */
  readonly stage: string | null;
  /** From 1; null for work around the stages. */
  readonly position: number | null;
  readonly instruction: string;
  /** Null for work around the stages, such as `exporting layers`. */
  readonly kind: CountedKind | null;
}

// A stage's name has no slash (BuildKit, frontend/dockerfile/instructions), so a word with one is a platform.
const prefix = /^\[(?:([^\s\]/]+\/[^\s\]]+) )?(?:([^\s\]/]+) +)?(\d+)\/\d+\] /;
const instructionWord = /^(?:ONBUILD +)?(FROM|RUN|COPY|ADD|WORKDIR)(?![a-z])/i;

/** Reads any name; one of an unknown form is work around the stages. */
export function parseVertexName(name: string): VertexName {
  const found = prefix.exec(name);
  const instruction = name.slice(found?.[0].length ?? 0);
  if (found === null) return { platform: null, stage: null, position: null, instruction, kind: null };
  const word = instructionWord.exec(instruction)?.[1]?.toUpperCase();
  return {
    platform: found[1] ?? null,
    stage: found[2] ?? null,
    position: Number(found[3]),
    instruction,
    kind: isCounted(word) ? word : null,
  };
}

function isCounted(word: string | undefined): word is CountedKind {
  return word !== undefined && ['FROM', 'RUN', 'COPY', 'ADD', 'WORKDIR'].includes(word);
}
