// Compares the failure codes that a package can end with and the table in its README.
import { readFileSync } from 'node:fs';

export interface CodeSides {
  /** Path of README.md. */
  readonly readme: string;
  /** Heading of the section with the table, without its marks. */
  readonly heading: string;
  /** Source files, each with the name of a union of codes in it. */
  readonly unions: readonly (readonly [file: string, type: string])[];
  /** Codes of kit that people of this action meet too. */
  readonly also: readonly string[];
}

/** Every difference, one sentence each; an empty list is what a test expects. */
export function codeProblems({ readme, heading, unions, also }: CodeSides): readonly string[] {
  const documented = documentedCodes(readFileSync(readme, 'utf8'), heading);
  const coded = [
    ...unions.flatMap(([file, type]) => unionMembers(readFileSync(file, 'utf8'), type)),
    ...also,
  ];
  return [
    ...documented
      .filter((code, index) => documented.indexOf(code) !== index)
      .map((code) => `${code} is documented twice`),
    ...coded.filter((code) => !documented.includes(code)).map((code) => `${code} is not documented`),
    ...documented
      .filter((code) => !coded.includes(code))
      .map((code) => `${code} is documented, but no code has it`),
  ];
}

/** Codes in the first column of the first table below a heading. @throws {Error} when there is none */
export function documentedCodes(readme: string, heading: string): readonly string[] {
  const section = readme.split(/^## /m).find((part) => part.startsWith(`${heading}\n`)) ?? '';
  const cells = [...section.matchAll(/^\|([^|]+)\|/gm)].map(([, cell = '']) => cell);
  const codes = cells.flatMap((cell) => [...cell.matchAll(/`([a-z-]+)`/g)].map(([, code = '']) => code));
  if (codes.length === 0) throw new Error(`no table of codes below "${heading}"`);
  return codes;
}

/** Members of `type NAME = | 'a' | 'b';` in a source. @throws {Error} when there is no such union */
export function unionMembers(source: string, type: string): readonly string[] {
  const body = new RegExp(`type ${type} =([^;]+);`).exec(source)?.[1];
  const members = [...(body ?? '').matchAll(/'([a-z-]+)'/g)].map(([, code = '']) => code);
  if (members.length === 0) throw new Error(`no union ${type} in this source`);
  return members;
}
