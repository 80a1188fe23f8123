// From what was found and answered to a headgate.yml with its reasons. Pure.
import { editorLine } from '@headgate/configuration/schema-address';
import { type BranchPart, usualBranches } from './branch-names.js';
import { draftEnvironments } from './draft-environments.js';
import { draftImages } from './draft-images.js';
import { draftMachineImages } from './draft-machine-images.js';
import type { Survey } from './survey.js';
import { Block, type Line, meaningOf, writeYaml } from './yaml-text.js';

/** What people were asked, or flags said. */
export interface Answers {
  /** By name of the service. */
  readonly ports: ReadonlyMap<string, number>;
  readonly approvers: readonly string[];
}

/** One line of the table: what was seen, what was written for it, and why. */
export interface Row {
  readonly found: string;
  readonly written: string;
  readonly because: string;
}

/** A part of headgate.yml. */
export interface Piece {
  readonly lines: readonly Line[];
  readonly rows: readonly Row[];
  /** What only people can fill in or decide. */
  readonly todo: readonly string[];
  /** Written as comments: what is missing for it cannot be seen. */
  readonly sketch: readonly string[];
}

export interface Draft extends Omit<Piece, 'lines' | 'sketch'> {
  readonly text: string;
  /** What the text must mean. */
  readonly value: unknown;
}

export function draftConfiguration(survey: Survey, answers: Answers): Draft {
  const pieces = [
    draftApplication(survey),
    draftBranches(survey),
    draftImages(survey),
    draftMachineImages(survey),
    draftEnvironments(survey, answers),
  ];
  const block = new Block(pieces.flatMap(({ lines }) => lines));
  const sketch = pieces.flatMap((piece) => piece.sketch);
  const head = [
    editorLine,
    '# What this application is made of and where it runs. Written by headgate init from what lies in this repository; it is',
    '# yours from now on. `headgate check` explains every mistake in it and prints what each event runs.',
  ];
  return {
    text: `${[...head, ...writeYaml(block), ...sketch].join('\n')}\n`,
    value: meaningOf(block),
    rows: pieces.flatMap(({ rows }) => rows),
    todo: [...new Set(pieces.flatMap(({ todo }) => todo))],
  };
}

function draftApplication({ application, git }: Survey): Piece {
  const { remote, above } = git;
  const place = remote === null ? null : `${remote.host}/${remote.owner}/${remote.name}`;
  const todo =
    above === null
      ? []
      : [
          'This folder lies inside another repository. GitHub reads workflows only from the root of one, so move it there.',
        ];
  return {
    lines: [{ key: 'application', value: application }],
    rows: [
      place === null
        ? {
            found: 'no remote on GitHub',
            written: `application: ${application}`,
            because: 'the name of the package or folder',
          }
        : { found: place, written: `application: ${application}`, because: 'the name of the repository' },
    ],
    todo,
    sketch: [],
  };
}

/** Only names that are not the usual ones are written. */
function draftBranches({ branches: { names, seen }, git }: Survey): Piece {
  const parts = Object.keys(usualBranches) as BranchPart[];
  const other = parts.filter((part) => names[part] !== usualBranches[part]);
  const lines = other.map((part): Line => ({ key: part, value: names[part] }));
  const found = parts.filter((part) => seen.has(part)).map((part) => names[part]);
  const because = other.length === 0 ? 'these are the defaults' : 'they are not called by the default names';
  const row: Row = {
    found: found.length === 0 ? 'no branches' : `branches ${found.join(', ')}`,
    written:
      other.length === 0 ? 'nothing' : other.map((part) => `branches.${part}: ${names[part]}`).join(', '),
    because:
      found.length === 0 && git.branches.length === 0 ? 'the defaults: master, develop, feature/ …' : because,
  };
  const todo =
    seen.has('development') || git.branches.length === 0
      ? []
      : [`Create the branch ${names.development} from ${names.production}: features are merged into it.`];
  if (lines.length === 0) return { lines, rows: [row], todo, sketch: [] };
  const above = [
    `As this repository calls them; the defaults are ${usualBranches.production}, ${usualBranches.development}, feature/ and so on.`,
  ];
  return {
    lines: [{ key: 'branches', value: new Block(lines), above, apart: true }],
    rows: [row],
    todo,
    sketch: [],
  };
}
