// `headgate stages`: what each stage of a Dockerfile needs, and which ones the target leaves out.
import { parseDockerfile } from '@headgate/dockerfile/dockerfile';
import { DockerfileError } from '@headgate/dockerfile/dockerfile-error';
import { stageChart } from '@headgate/dockerfile/stage-chart';
import { type StageGraph, stageGraph } from '@headgate/dockerfile/stage-graph';
import { printable, stageTree, type TreeLine } from '@headgate/dockerfile/stage-tree';
import { readDockerfile } from './dockerfile.js';
import { type ExitCode, exitCode } from './exit-code.js';
import { type HostProcess, print } from './host-process.js';
import { openJsonFile } from './json-file.js';
import type { StagesOrder } from './stages-arguments.js';
import { paintFor } from './terminal.js';

export async function stagesCommand(order: StagesOrder, host: HostProcess): Promise<ExitCode> {
  const json = await openJsonFile(order.json, host);
  const { shown, text } = await readDockerfile(order.file, host);
  try {
    const graph = readGraph(text, order, host);
    await json.write({ file: shown, ...graph });
    if (order.mermaid) print(host.stdout, ['```mermaid', stageChart(graph), '```']);
    else print(host.stdout, treeLines(shown, graph, host));
    return exitCode.ok;
  } catch (error) {
    if (!(error instanceof DockerfileError)) throw error;
    const { code, line, message, hint } = error;
    await json.write({ file: shown, error: { code, line, message, hint } });
    print(host.stderr, [`${shown}${line === null ? '' : `:${line}`}: ${message} (${code})`, `  ${hint}`]);
    const asked = code === 'target-missing' || code === 'argument-invalid';
    return asked ? exitCode.usage : exitCode.failed;
  }
}

const architectures: Readonly<Record<string, string>> = { x64: 'amd64', arm: 'arm/v7', ia32: '386' };

function readGraph(text: string, order: StagesOrder, host: HostProcess): StageGraph {
  const buildArgs = new Map(
    [...order.buildArgs].flatMap(([name, value]) => {
      const taken = value ?? host.env[name];
      return taken === undefined ? [] : [[name, taken] as const];
    }),
  );
  return stageGraph(parseDockerfile(text), {
    buildArgs,
    target: order.target ?? '',
    platform: order.platform ?? '',
    buildPlatform: `linux/${architectures[process.arch] ?? process.arch}`,
  });
}

const colours = { target: 'bold', unneeded: 'grey', heading: 'bold' } as const;

function treeLines(shown: string, graph: StageGraph, host: HostProcess): readonly string[] {
  const paint = paintFor(host.stdout, host.env);
  const painted = ({ text, kind }: TreeLine): string =>
    kind === 'needed' || text === '' ? text : paint(text, colours[kind]);
  const warnings = graph.warnings.map(({ line, message, code }) =>
    paint(`${shown}${line === null ? '' : `:${line}`}: ${printable(message)} (${code})`, 'yellow'),
  );
  return [
    ...stageTree(graph).map(painted),
    '',
    `${count(graph.stages.length, 'stage')}, ${count(graph.images.length, 'image')}`,
    ...warnings,
  ];
}

const count = (number: number, what: string): string => `${number} ${what}${number === 1 ? '' : 's'}`;
