// The machine images of headgate.yml: one for each Packer template.
import type { Piece, Row } from './draft.js';
import type { FoundPacker } from './find-packer.js';
import { isPath, variableFrom } from './names.js';
import type { Survey } from './survey.js';
import { Block, type Line } from './yaml-text.js';

export function draftMachineImages({ packer }: Survey): Piece {
  if (packer.length === 0) return { lines: [], rows: [], todo: [], sketch: [] };
  const lines = packer.map((found): Line => ({ key: found.name, value: new Block(templateLines(found)) }));
  const above = ['Built by Packer for releases and hotfixes.'];
  return {
    lines: [{ key: 'machine-images', value: new Block(lines), above, apart: true }],
    rows: packer.map(rowOf),
    todo: packer.flatMap(todoOf),
    sketch: [],
  };
}

function templateLines(found: FoundPacker): readonly Line[] {
  const { directory, template, builders, variables, manifest, usesDocker, smoke } = found;
  const needed = variables.filter(({ hasDefault }) => !hasDefault);
  const plain = needed.filter(({ sensitive }) => !sensitive);
  const secret = needed.filter(({ sensitive }) => sensitive);
  return [
    { key: 'directory', value: directory },
    ...(template === null ? [] : [{ key: 'template', value: template }]),
    ...(plain.length === 0
      ? []
      : [
          {
            key: 'variables',
            value: Object.fromEntries(plain.map(({ name }) => [name, { var: variableFrom(name) }])),
            beside: 'without a default in the template',
          },
        ]),
    ...(secret.length === 0
      ? []
      : [
          {
            key: 'secrets',
            value: Object.fromEntries(secret.map(({ name }) => [name, { secret: variableFrom(name) }])),
            beside: 'names in the map `build` of BUILD_SECRETS',
          },
        ]),
    ...(usesDocker
      ? [{ key: 'environment', value: ['DOCKER_HOST'], beside: 'the engine that its docker source uses' }]
      : []),
    ...(builders.length === 0
      ? []
      : [{ key: 'builders', value: builders, beside: 'each must have made its image' }]),
    ...(manifest === null || manifest === 'packer-manifest.json' || !isPath(manifest)
      ? []
      : [{ key: 'manifest', value: manifest }]),
    ...(smoke === null
      ? []
      : [
          {
            key: 'smoke',
            value: [`./${smoke}`],
            beside: 'tries every finished image; add the arguments it takes',
          },
        ]),
  ];
}

function rowOf({ name, directory, template, builders }: FoundPacker): Row {
  const found = template === null ? `Packer in ${directory}` : `Packer in ${directory}: ${template}`;
  return {
    found,
    written: `machine-images.${name}`,
    because: builders.length === 0 ? 'it has builders' : `it builds ${builders.join(', ')}`,
  };
}

function todoOf({ name, directory, manifest }: FoundPacker): readonly string[] {
  if (manifest !== null) return [];
  return [
    `${directory}: add \`post-processor "manifest" { output = "packer-manifest.json" }\` to the build of ${name}: it says what was made.`,
  ];
}
