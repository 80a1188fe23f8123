// Names of arguments that were probably not meant: given but declared nowhere, or looking like a secret.
import { isSecretName } from '@headgate/kit/secret-names';
import { checkRulesIn } from './directives.js';
import type { Dockerfile } from './dockerfile.js';
import { shown } from './dockerfile-error.js';
import { nearHint } from './global-scope.js';
import type { Instruction } from './instruction.js';
import { readPairs } from './pairs.js';
import type { WarningSink } from './warnings.js';

/** Taken by BuildKit itself, whether or not a Dockerfile declares them. */
const predefined =
  /^(?:https?_proxy|ftp_proxy|no_proxy|all_proxy|source_date_epoch|(?:target|build)(?:platform|os|osversion|arch|variant)|targetstage|buildkit_.+)$/i;

interface NameFacts {
  readonly buildArgs: ReadonlyMap<string, string>;
  readonly warnings: WarningSink;
}

export function nameWarnings(dockerfile: Dockerfile, { buildArgs, warnings }: NameFacts): void {
  const declared = new Set<string>();
  const look = (instruction: Instruction): void => {
    const { keyword, line, comments, trigger } = instruction;
    if (trigger !== null) look(trigger);
    if (keyword !== 'ARG' && keyword !== 'ENV') return;
    for (const { name } of readPairs(instruction)) {
      if (keyword === 'ARG') declared.add(name);
      if (isSecretName(name))
        warnings.add(
          'secret-name',
          line,
          `${keyword} ${shown(name)} looks like a secret, which the image and its history would keep; use RUN --mount=type=secret`,
          checkRulesIn(comments),
        );
    }
  };
  for (const instruction of dockerfile.globals) look(instruction);
  for (const { instructions } of dockerfile.stages) for (const instruction of instructions) look(instruction);
  for (const name of buildArgs.keys()) {
    if (declared.has(name) || predefined.test(name)) continue;
    warnings.add(
      'build-arg-unused',
      null,
      `the build argument ${shown(name)} is declared by no ARG${nearHint(name, declared)}`,
    );
  }
}
