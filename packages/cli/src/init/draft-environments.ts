// The environments of headgate.yml: where pushes to each kind of branch are deployed.
import type { Answers, Piece, Row } from './draft.js';
import { infrastructureLine } from './draft-infrastructure.js';
import { draftTargets, type ReadyService, type Services, servicesOf } from './draft-targets.js';
import {
  approvalRow,
  approvalTodo,
  infrastructureTodo,
  nothingDeployedTodo,
  serviceRows,
  serviceTodo,
} from './environment-notes.js';
import { type Stage, stages } from './find-terraform.js';
import type { Survey } from './survey.js';
import { Block, type Line, writeYaml } from './yaml-text.js';

const branchOf: Readonly<Record<Stage, string>> = {
  integration: 'development',
  staging: 'release',
  production: 'production',
};

export function draftEnvironments(survey: Survey, answers: Answers): Piece {
  const services = servicesOf(survey, answers);
  const { ready } = services;
  const rows = serviceRows(survey, services);
  if (ready.length === 0) return withoutTargets(survey, rows, services);
  const { approvers } = answers;
  const written = stages.filter((stage) => approvers.length > 0 || stage !== 'production');
  const lines = written.map((stage) => environmentLine({ survey, ready, stage, approvers }));
  const above = [
    'Where it runs. One environment for each kind of branch; the same digests go from one to the next.',
  ];
  const production = environmentLine({ survey, ready, stage: 'production', approvers: ['<login>'] });
  return {
    lines: [{ key: 'environments', value: new Block(lines), above, apart: true }],
    rows: [...rows, approvalRow(approvers, survey.owners)],
    todo: [
      ...serviceTodo(services),
      ...survey.terraform.flatMap(infrastructureTodo),
      ...approvalTodo(approvers),
    ],
    sketch: approvers.length > 0 ? [] : productionSketch(production),
  };
}

interface EnvironmentParts {
  readonly survey: Survey;
  readonly ready: readonly ReadyService[];
  readonly stage: Stage;
  readonly approvers: readonly string[];
}

function environmentLine({ survey, ready, stage, approvers }: EnvironmentParts): Line {
  const infrastructure = infrastructureLine(survey, stage);
  const { names } = survey.branches;
  const fed: Readonly<Record<Stage, string>> = {
    integration: `pushes to ${names.development}`,
    staging: `pushes to ${names.release}X.Y.Z and ${names.hotfix}X.Y.Z`,
    production: `merges into ${names.production}`,
  };
  const approval: Line = {
    key: 'approval',
    value: new Block([
      { key: 'groups', value: new Block([{ key: 'maintainers', value: { members: approvers, quorum: 1 } }]) },
    ]),
    beside: 'every group must reach its quorum; authors and mergers do not count',
  };
  return {
    key: stage,
    apart: stage !== 'integration',
    value: new Block([
      { key: 'branch', value: branchOf[stage], beside: fed[stage] },
      ...(infrastructure === null ? [] : [infrastructure]),
      draftTargets(ready, { application: survey.application, stage }),
      ...(stage === 'production' ? [approval] : []),
    ]),
  };
}

function productionSketch(line: Line): readonly string[] {
  const lines = writeYaml(new Block([{ ...line, apart: false }]), 2).map((text) =>
    text.replace(/^ {2}/, '  # '),
  );
  return [
    '',
    '  # Remove the first `# ` of each line and name who approves: without approval every merge would be deployed at once.',
    ...lines,
  ];
}

/** An environment needs something that is deployed to it. */
function withoutTargets(survey: Survey, rows: readonly Row[], services: Services): Piece {
  const sketch = survey.terraform.length === 0 ? [] : infrastructureSketch(survey);
  return { lines: [], rows, todo: nothingDeployedTodo(survey, services), sketch };
}

function infrastructureSketch(survey: Survey): readonly string[] {
  const environments = stages.flatMap((stage): Line[] => {
    const infrastructure = infrastructureLine(survey, stage);
    if (infrastructure === null) return [];
    return [
      {
        key: stage,
        value: new Block([
          { key: 'branch', value: branchOf[stage] },
          infrastructure,
          { key: 'targets', value: {}, beside: 'at least one: what is deployed there' },
        ]),
      },
    ];
  });
  const lines = writeYaml(new Block([{ key: 'environments', value: new Block(environments) }]));
  return [
    '',
    '# Infrastructure that was found; an environment also needs a target:',
    ...lines.map((text) => `# ${text}`.trimEnd()),
  ];
}
