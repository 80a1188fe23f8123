// What is said about services, infrastructure and approval: the rows of the table, and what is left to people.
import type { Row } from './draft.js';
import { stagesServed } from './draft-infrastructure.js';
import type { OpenService, ReadyService, Services } from './draft-targets.js';
import type { FoundTerraform } from './find-terraform.js';
import { baseOf, nameFrom, serviceName } from './names.js';
import type { Survey } from './survey.js';

export function serviceRows(survey: Survey, { ready, open }: Services): readonly Row[] {
  const where = (found: FoundTerraform): string =>
    ready.length === 0 ? 'a comment' : `${stagesServed(found).join(', ')}: infrastructure`;
  return [
    ...ready.map(serviceRow),
    ...open.map(openRow),
    ...survey.others.map(otherRow),
    ...survey.terraform.map((found) => infrastructureRow(found, where(found))),
  ];
}

function infrastructureRow(found: FoundTerraform, written: string): Row {
  const { directory, varFiles, backend } = found;
  const files = [...varFiles.values()].map(({ path }) => baseOf(path));
  const state = backend === null ? 'no backend' : `backend ${backend.type}`;
  const because =
    found.stage !== null
      ? `the folder is named after ${found.stage}`
      : files.length > 0
        ? files.join(', ')
        : 'no files of variables for single environments';
  return { found: `${found.tool} in ${directory}, ${state}`, written, because };
}

export function infrastructureTodo({ directory, backend, tool }: FoundTerraform): readonly string[] {
  if (backend !== null) return [];
  return [
    `${directory}: add a backend to its \`terraform\` block: without one ${tool}'s state ends with the job that wrote it.`,
  ];
}

function serviceRow({ name, compose, runs, port, portFrom }: ReadyService): Row {
  return {
    found: `${compose}: ${name}`,
    written: `targets.${nameFrom(serviceName({ name, compose }), 'web')} of each environment`,
    because:
      port === null
        ? `a worker of ${runs.name}: ${portFrom}`
        : `it runs ${runs.name} on port ${port} (${portFrom})`,
  };
}

function openRow({ name, compose }: OpenService): Row {
  return {
    found: `${compose}: ${name}`,
    written: 'nothing',
    because: 'nothing says which port it listens on',
  };
}

function otherRow({ name, compose, image }: Survey['others'][number]): Row {
  const because =
    image === null ? 'its Dockerfile lies outside or cannot be read' : `${image} is not built here`;
  return { found: `${compose}: ${name}`, written: 'nothing', because };
}

export function approvalRow(approvers: readonly string[], owners: readonly string[]): Row {
  if (approvers.length === 0) {
    return {
      found: 'nobody to approve production',
      written: 'production as a comment',
      because: 'without approval every merge would go there',
    };
  }
  const known = approvers.every((login) => owners.includes(login));
  return {
    found: known ? `CODEOWNERS: ${approvers.join(', ')}` : `approvers ${approvers.join(', ')}`,
    written: 'production.approval',
    because: known ? 'they own the code' : 'as you said',
  };
}

function composeTodo(service: ReadyService): readonly string[] {
  const { name, compose, port, fixed, uncommon, mountsSources, healthFrom, secretVariables } = service;
  const when = (holds: boolean, text: string): readonly string[] => (holds ? [text] : []);
  return [
    ...when(
      fixed.length > 0,
      `${compose}: remove ${fixed.join(', ')} from \`${name}\`: old and new instances run side by side behind the proxy.`,
    ),
    ...when(
      uncommon.length > 0,
      `${compose}: see in the README of rolling-deploy whether it takes ${uncommon.join(', ')} of \`${name}\`.`,
    ),
    ...when(
      mountsSources,
      `${compose}: \`${name}\` mounts folders of the repository over its image: deploy it by a compose file without them.`,
    ),
    ...when(
      port !== null && healthFrom === null,
      `Correct \`health.path\` of \`${name}\` if it does not answer /health: nothing here says where it does.`,
    ),
    ...when(
      secretVariables.length > 0,
      `${compose}: \`${name}\` is filled in with ${secretVariables.join(', ')}: take secrets out of the file and list them under \`secrets:\` of the target.`,
    ),
  ];
}

export function serviceTodo({ ready, open }: Services): readonly string[] {
  const unknown = open.map(
    ({ name }) =>
      `Say which port \`${name}\` listens on (--port ${name}=PORT), or leave it out: it is not deployed now.`,
  );
  return [...ready.flatMap(composeTodo), ...unknown];
}

export function approvalTodo(approvers: readonly string[]): readonly string[] {
  if (approvers.length === 1)
    return ['Add a second approver to production: whoever merges or starts the run does not count.'];
  if (approvers.length > 1) return [];
  return [
    'Say who approves production (--approvers LOGIN,LOGIN), or fill in the comment at the end of headgate.yml: until then nothing is deployed there.',
  ];
}

export function nothingDeployedTodo(survey: Survey, { open }: Services): readonly string[] {
  const { images, terraform } = survey;
  const missing =
    images.length > 0 && open.length === 0
      ? [
          'Nothing is deployed yet: write a compose.yaml with a service that runs the image, and run headgate init --force again.',
        ]
      : [];
  const waiting =
    terraform.length > 0
      ? [
          'Infrastructure is planned and applied together with a deployment: fill in the comment at the end of headgate.yml once there is one, or use the action terraform-plan-apply alone.',
        ]
      : [];
  return [
    ...missing,
    ...serviceTodo({ ready: [], open }),
    ...waiting,
    ...terraform.flatMap(infrastructureTodo),
  ];
}
