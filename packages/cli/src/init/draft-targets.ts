// The targets of one environment: services that run an image built here, each behind its own backend of the proxy.
import type { Answers } from './draft.js';
import type { Stage } from './find-terraform.js';
import { looksSecret, nameFrom, serviceName, uniqueName } from './names.js';
import type { FoundService, Survey } from './survey.js';
import { Block, type Line, type Plain } from './yaml-text.js';

export interface ReadyService extends FoundService {
  /** Null for a worker: it answers no requests. */
  readonly port: number | null;
  /** Where the port, or that there is none, was seen. */
  readonly portFrom: string;
  /** Where the health path was seen; null: nowhere. */
  readonly healthFrom: string | null;
  readonly path: string;
  /** Variables of the compose file that look like secrets. */
  readonly secretVariables: readonly string[];
}

/** A service whose port nobody knows. */
export type OpenService = FoundService;

export interface Services {
  readonly ready: readonly ReadyService[];
  readonly open: readonly OpenService[];
}

export function servicesOf(survey: Survey, answers: Answers): Services {
  const ready: ReadyService[] = [];
  const open: OpenService[] = [];
  for (const service of survey.services) {
    const known = readyService(service, answers, survey);
    if (known === null) open.push(service);
    else ready.push(known);
  }
  return { ready, open };
}

function readyService(service: FoundService, { ports }: Answers, survey: Survey): ReadyService | null {
  const { name, compose, runs, healthPath, variables } = service;
  const asked = besideWhom(service, survey);
  const worker = { port: null, portFrom: `own command beside ${asked}, no port` };
  const found = [
    { port: ports.get(name) ?? null, portFrom: 'as you said' },
    { port: service.port, portFrom: compose },
    ...(asked === null ? [{ port: runs.port, portFrom: `EXPOSE of ${runs.path}` }] : []),
  ].find(({ port }) => port !== null);
  const { port, portFrom } = found ?? worker;
  if (port === null && asked === null) return null;
  const healthFrom = healthPath === null ? (runs.healthPath === null ? null : runs.path) : compose;
  return {
    ...service,
    port,
    portFrom,
    healthFrom,
    path: healthPath ?? runs.healthPath ?? '/health',
    secretVariables: variables.filter(looksSecret),
  };
}

/** EXPOSE tells of what the image runs by itself: the service that does, where this one runs something else of it. */
function besideWhom({ runs, port, hasOwnCommand }: FoundService, { services }: Survey): string | null {
  if (port !== null || !hasOwnCommand) return null;
  const usual = services.find((other) => other.runs === runs && !other.hasOwnCommand);
  return usual?.name ?? null;
}

export function draftTargets(
  ready: readonly ReadyService[],
  at: { readonly application: string; readonly stage: Stage },
): Line {
  const taken = new Set<string>();
  const isOnly = ready.filter(({ port }) => port !== null).length === 1;
  const lines = ready.map((service): Line => {
    const key = uniqueName(nameFrom(serviceName(service), 'web'), taken);
    const base = isOnly ? at.application : `${at.application}-${key}`;
    return { key, value: new Block(targetLines(service, `${base}-${at.stage}`, at.stage)) };
  });
  return { key: 'targets', value: new Block(lines) };
}

function targetLines(service: ReadyService, backend: string, stage: Stage): readonly Line[] {
  const first = stage === 'integration';
  const said = (text: string): Pick<Line, 'beside'> => (first ? { beside: text } : {});
  const vars = varsOf(service, stage);
  return [
    { key: 'compose', value: service.compose },
    { key: 'service', value: service.name },
    { key: 'image', value: service.runs.name },
    ...(service.port === null
      ? [engineLine('answers no requests: replaced by its own health check; ', said)]
      : proxiedLines({ ...service, port: service.port }, backend, said)),
    ...(Object.keys(vars).length === 0
      ? []
      : [{ key: 'vars', value: vars, ...said('fill in the compose file') }]),
  ];
}

type Said = (text: string) => Pick<Line, 'beside'>;

function engineLine(before: string, said: Said): Line {
  const beside = said(`${before}the host's own Docker engine unless the variable is set`);
  return { key: 'engine', value: { var: 'ENGINE', default: '' }, ...beside };
}

function proxiedLines(
  { port, portFrom, replicas, path, healthFrom }: ReadyService & { readonly port: number },
  backend: string,
  said: Said,
): readonly Line[] {
  const health = healthFrom === null ? 'the default: see where yours answers' : `as in ${healthFrom}`;
  return [
    { key: 'port', value: port, ...said(`inside the container: ${portFrom}`) },
    { key: 'instances', value: replicas ?? 2, ...said('replaced one at a time') },
    engineLine('', said),
    {
      key: 'proxy',
      value: new Block([
        { key: 'socket', value: { var: 'PROXY_SOCKET', default: '/run/haproxy/admin.sock' } },
        { key: 'backend', value: backend, ...said('of HAProxy, with empty slots for the instances') },
      ]),
    },
    { key: 'health', value: { path }, ...said(health) },
  ];
}

/** Values for the compose file's variables: the environment's name for a variable that asks for it. */
function varsOf({ variables, nameVariables }: ReadyService, stage: Stage): Readonly<Record<string, Plain>> {
  const isEnvironment = (name: string): boolean => /^(?:ENV|ENVIRONMENT|STAGE)(?:_NAME)?$/.test(name);
  const names = new Set([
    ...variables.filter((name) => !looksSecret(name)),
    ...nameVariables.filter(isEnvironment),
  ]);
  const entries = [...names].map((name): [string, Plain] => [
    name,
    isEnvironment(name) ? stage : { var: name },
  ]);
  return Object.fromEntries(entries);
}
