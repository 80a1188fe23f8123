// What each instruction takes. Source: BuildKit, frontend/dockerfile/instructions/parse.go.
import { nearestName } from '@headgate/kit/nearest-name';
import { DockerfileError, type DockerfileErrorCode, shown } from './dockerfile-error.js';
import { readHeredocWord } from './heredoc.js';
import { argumentsOf, type Instruction } from './instruction.js';
import { readPairs } from './pairs.js';
import type { WarningSink } from './warnings.js';

/** Flags by instruction; those ending in `*` may stand several times. */
const flags: Readonly<Record<string, readonly string[]>> = {
  ADD: ['chown', 'chmod', 'link', 'keep-git-dir', 'checksum', 'unpack', 'exclude*'],
  COPY: ['chown', 'from', 'chmod', 'link', 'parents', 'exclude*'],
  FROM: ['platform'],
  HEALTHCHECK: ['interval', 'timeout', 'start-period', 'start-interval', 'retries'],
  RUN: ['mount*', 'network', 'security', 'device*'],
};
const switches: ReadonlySet<string> = new Set(['link', 'keep-git-dir', 'unpack', 'parents']);
/** BuildKit reads no flags of these. */
const flagless: ReadonlySet<string> = new Set(['ARG', 'STOPSIGNAL']);

const keywords = [
  'ADD',
  'ARG',
  'CMD',
  'COPY',
  'ENTRYPOINT',
  'ENV',
  'EXPOSE',
  'FROM',
  'HEALTHCHECK',
  'LABEL',
  'MAINTAINER',
  'ONBUILD',
  'RUN',
  'SHELL',
  'STOPSIGNAL',
  'USER',
  'VOLUME',
  'WORKDIR',
] as const;
const known: ReadonlySet<string> = new Set(keywords);
const needsArgument: ReadonlySet<string> = new Set(
  keywords.filter((keyword) => !['CMD', 'ENTRYPOINT', 'FROM', 'RUN'].includes(keyword)),
);

/** @throws {DockerfileError} `instruction-unknown`, `instruction-invalid`, `onbuild-invalid` */
export function checkInstruction(instruction: Instruction, warnings: WarningSink): void {
  const { keyword, word, rest, line } = instruction;
  if (!known.has(keyword)) {
    const near = nearestName(keyword.slice(0, 40), keywords);
    throw new DockerfileError({
      code: 'instruction-unknown',
      line,
      message: `A line begins with an instruction; ${shown(word)} is none.`,
      hint: near === null ? 'Correct the line, or end the line before it with \\.' : `Write ${near}.`,
    });
  }
  checkFlags(instruction, warnings);
  if (needsArgument.has(keyword) && (instruction.json === null ? rest === '' : instruction.json.length === 0))
    throw invalid(line, `${keyword} needs an argument and has none`, `Say what ${keyword} is to do.`);
  checkArguments(instruction);
}

function checkArguments(instruction: Instruction): void {
  const { keyword, rest, line, json } = instruction;
  switch (keyword) {
    case 'ADD':
    case 'COPY': {
      const words = argumentsOf(instruction);
      if (words.length < 2)
        throw invalid(
          line,
          `${keyword} needs a source and a destination; found ${shown(rest)}`,
          'Add the destination.',
        );
      if (readHeredocWord(words.at(-1) ?? '') !== null)
        throw invalid(line, `the destination of ${keyword} is a heredoc`, 'Put the destination last.');
      return;
    }
    case 'ARG':
    case 'ENV':
    case 'LABEL':
      readPairs(instruction);
      return;
    case 'HEALTHCHECK':
      if (!/^(?:none\s*$|cmd\s+\S)/i.test(rest))
        throw invalid(
          line,
          `HEALTHCHECK takes NONE or CMD with a command; found ${shown(rest)}`,
          'Write HEALTHCHECK CMD and the command.',
        );
      return;
    case 'SHELL':
      if (json === null)
        throw invalid(
          line,
          `SHELL takes the JSON form; found ${shown(rest)}`,
          'Write SHELL ["program", "argument"].',
        );
      return;
    case 'ONBUILD':
      checkTrigger(instruction);
      return;
    default:
  }
}

function checkTrigger({ rest, line, trigger }: Instruction): void {
  const keyword = trigger?.keyword ?? 'ONBUILD';
  if (keyword === 'ONBUILD' || keyword === 'FROM' || keyword === 'MAINTAINER')
    throw new DockerfileError({
      code: 'onbuild-invalid',
      line,
      message: `ONBUILD takes any instruction but ONBUILD, FROM and MAINTAINER; found ${shown(rest)}.`,
      hint: `Remove ${keyword} from the trigger.`,
    });
}

function checkFlags(instruction: Instruction, warnings: WarningSink): void {
  const { keyword, line } = instruction;
  if (flagless.has(keyword)) return;
  const rules = flags[keyword] ?? [];
  const seen = new Set<string>();
  for (const flag of instruction.flags) {
    const [name = ''] = flag.slice(2).split('=', 1);
    const repeats = rules.includes(`${name}*`);
    if (!repeats && !rules.includes(name)) {
      const near = nearestName(
        name.slice(0, 40),
        rules.map((rule) => rule.replace('*', '')),
      );
      // A newer builder may know it: its own business then, and nothing that changes the graph.
      warnings.add(
        'flag-unknown',
        line,
        `${keyword} has no flag ${shown(`--${name}`)} known here${near === null ? '' : `; did you mean --${near}?`}`,
      );
      continue;
    }
    if (seen.has(name) && !repeats) throw invalid(line, `--${name} stands twice`, 'Remove one of the two.');
    seen.add(name);
    if (!flag.includes('=') && !switches.has(name))
      throw invalid(line, `--${name} has no value`, `Write --${name}=VALUE.`);
  }
}

function invalid(line: number, found: string, hint: string): DockerfileError {
  const code: DockerfileErrorCode = 'instruction-invalid';
  return new DockerfileError({ code, line, message: `The instruction cannot be used: ${found}.`, hint });
}
