// The images of headgate.yml, and where they are published.
import type { Piece, Row } from './draft.js';
import type { FoundImage } from './find-images.js';
import { looksSecret, variableFrom } from './names.js';
import type { Survey } from './survey.js';
import { Block, type Line, type Plain } from './yaml-text.js';

export function draftImages({ images, git }: Survey): Piece {
  if (images.length === 0) return { lines: [], rows: [], todo: [], sketch: [] };
  const { remote } = git;
  const place =
    remote === null ? 'ghcr.io/<owner>/<repository>' : `ghcr.io/${remote.owner}/${remote.name}`.toLowerCase();
  const registry: Line = {
    key: 'registry',
    value: new Block([{ key: 'host', value: { var: 'REGISTRY', default: 'ghcr.io' } }]),
    above: [
      "GitHub's own registry takes the job's token. A variable, so that a rehearsal can put its own in its place.",
    ],
    apart: true,
  };
  const lines = images.map(
    (image): Line => ({ key: image.name, value: new Block(imageLines(image)), beside: image.path }),
  );
  return {
    lines: [registry, { key: 'images', value: new Block(lines), apart: true }],
    rows: [
      ...images.map(rowOf),
      {
        found: 'where images go',
        written: `registry: ${place}`,
        because: "the job's own token may publish there",
      },
    ],
    todo: images.flatMap(secretArguments),
    sketch: [],
  };
}

function imageLines(image: FoundImage): readonly Line[] {
  const { context, file, target, because, tests, dockerfile } = image;
  const { bases, placeholders, secrets } = dockerfile;
  const args = bases.filter(({ name }) => !looksSecret(name));
  return [
    { key: 'context', value: context },
    ...(file === 'Dockerfile' ? [] : [{ key: 'file', value: file, beside: 'seen from the context' }]),
    ...(target === null ? [] : [{ key: 'target', value: target, beside: `what ships: ${because}` }]),
    ...(tests.length === 0
      ? []
      : [{ key: 'test-targets', value: tests, beside: 'must build before anything is published' }]),
    ...(args.length === 0
      ? []
      : [
          mapping(
            'build-args',
            args.map(({ name, value }) => [name, { var: variableFrom(name), default: value }]),
            'what the stages start from, so that a mirror can take its place',
          ),
        ]),
    ...(placeholders.length === 0
      ? []
      : [
          mapping(
            'build-contexts',
            placeholders.map((name) => [name, { var: variableFrom(name), default: '' }]),
            'empty stages: a folder can take their place',
          ),
        ]),
    ...(secrets.length === 0
      ? []
      : [
          mapping(
            'secrets',
            secrets.map(({ id, required }) => [
              id,
              { secret: variableFrom(id), ...(required ? {} : { optional: true }) },
            ]),
            'mounted by RUN; names in the map `build` of BUILD_SECRETS',
          ),
        ]),
  ];
}

function mapping(key: string, entries: readonly (readonly [string, Plain])[], beside: string): Line {
  return { key, value: new Block(entries.map(([name, value]) => ({ key: name, value }))), beside };
}

function rowOf({ name, path, target, tests, because, dockerfile }: FoundImage): Row {
  const stages = dockerfile.stages.flatMap((stage) => (stage.name === null ? [] : [stage.name]));
  const found = stages.length === 0 ? path : `${path}: ${stages.join(', ')}`;
  const parts = [
    ...(target === null ? [] : [`target ${target}`]),
    ...(tests.length === 0 ? [] : [`test-targets ${tests.join(', ')}`]),
  ];
  const written = [`images.${name}`, ...parts].join(', ');
  const reason = dockerfile.stages.length === 1 ? 'it has one stage' : because;
  return { found, written, because: tests.length === 0 ? reason : `${reason}; stages for tests are gates` };
}

/** They would stay readable in the image's history. */
function secretArguments({ path, dockerfile }: FoundImage): readonly string[] {
  const declared = dockerfile.stages
    .flatMap(({ instructions }) => instructions)
    .filter(({ keyword }) => keyword === 'ARG')
    .map(({ rest }) => /^([A-Za-z_]\w*)/.exec(rest)?.[1] ?? '');
  const names = [...new Set([...declared, ...dockerfile.bases.map(({ name }) => name)])].filter(looksSecret);
  if (names.length === 0) return [];
  return [
    `${path}: ${names.join(', ')} as ARG would stay readable in the image: use RUN --mount=type=secret and \`secrets:\`.`,
  ];
}
