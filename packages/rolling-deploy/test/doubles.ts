// Doubles at the two boundaries of a Docker host: an Engine API and a HAProxy runtime socket, both on unix sockets.
// A started container is a small HTTP server on the port it was given.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer as createHttpServer, type Server as HttpServer } from 'node:http';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type ReceivedRequest,
  type ScriptedAnswer,
  startTestServer,
  type TestServer,
} from '@headgate/kit/testing/http-server';

import { type DoubleExecs, scriptExecs } from './exec-double.js';
import { type DoubleNetworks, scriptNetworks } from './network-double.js';

export interface FakeContainer {
  readonly id: string;
  readonly name: string;
  readonly body: {
    readonly Image: string;
    readonly Env: readonly string[];
    /** Of a test container: what it does, `exit CODE`, `hang`, `oom CODE`; `refused` and `lost` concern its creation. */
    readonly Entrypoint?: readonly string[];
    readonly Labels: Readonly<Record<string, string>>;
    readonly HostConfig: {
      readonly PortBindings: Readonly<Record<string, readonly [{ readonly HostPort: string }]>>;
    };
  };
  state: 'created' | 'running' | 'exited';
  /** Numbered through with all starts and ends. */
  started?: number;
  ended?: number;
  server: HttpServer | null;
}

export interface FakeSlot {
  address: string;
  port: number;
  state: 'ready' | 'drain' | 'maint';
  /** As set by a command; that of the proxy's configuration before. */
  weight?: number;
}

export interface StateFile {
  /** Where the proxy says it reads its slots from; '' : nowhere. */
  path: string;
  /** Its configuration gives slots a host name. */
  isNamed: boolean;
}

export interface DoubleHost {
  readonly folder: string;
  readonly application: string;
  readonly engineSocket: string;
  readonly proxySocket: string;
  readonly engine: TestServer;
  readonly containers: readonly FakeContainer[];
  readonly slots: ReadonlyMap<string, FakeSlot>;
  readonly execs: DoubleExecs;
  readonly networks: DoubleNetworks;
  readonly stateFile: StateFile;
  /** Digests of images the engine has without pulling. */
  readonly images: Set<string>;
  /** Lines of the next pulls' progress stream. */
  pullLines: string[];
  /** That many starts find their port taken, in these words. */
  portsTaken: number;
  takenWords: string;
  /** Removals are accepted and not done, as by an engine that dies then. */
  keepsContainers: boolean;
  /** Said by every container instead of its environment; null: its environment. */
  log: string | null;
  writeCompose(text: string): void;
  close(): Promise<void>;
}

export async function startDoubleHost(slotCount = 3): Promise<DoubleHost> {
  const folder = mkdtempSync(join(tmpdir(), 'headgate-double-'));
  mkdirSync(join(folder, 'workspace'));
  const engineSocket = join(folder, 'engine.sock');
  const proxySocket = join(folder, 'proxy.sock');
  const engine = await startTestServer(engineSocket);
  const containers: FakeContainer[] = [];
  const slots = new Map(Array.from({ length: slotCount }, (_, index) => [`web${index + 1}`, freshSlot()]));
  const stateFile: StateFile = { path: '', isNamed: false };
  const closeProxy = await startProxy(proxySocket, (command) => answerTo(command, slots, stateFile));
  const host: DoubleHost = {
    folder,
    application: 'shop',
    engineSocket,
    proxySocket,
    engine,
    containers,
    slots,
    execs: scriptExecs(engine),
    networks: scriptNetworks(engine),
    stateFile,
    images: new Set(),
    pullLines: ['{"status":"Pulling"}'],
    portsTaken: 0,
    takenWords: 'Bind failed: port is already allocated',
    keepsContainers: false,
    log: null,
    writeCompose: (text) => writeFileSync(join(folder, 'workspace', 'compose.yaml'), text),
    close: async () => {
      for (const { server } of containers) server?.close();
      await engine.close();
      await closeProxy();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  scriptEngine(host, containers);
  return host;
}

function freshSlot(): FakeSlot {
  return { address: '127.0.0.1', port: 9, state: 'maint' };
}

function scriptEngine(host: DoubleHost, containers: FakeContainer[]): void {
  const { engine } = host;
  const find = ({ path }: ReceivedRequest): FakeContainer | undefined =>
    containers.find(({ id }) => path.includes(id));
  engine.on('GET /version', { json: { ApiVersion: '1.43', MinAPIVersion: '1.24' } });
  engine.on('GET /v1.43/images/*', ({ path }) => {
    const reference = path.slice('/v1.43/images/'.length).replace(/\/json$/, '');
    const known = host.images.has(reference) || reference.startsWith('sha256:');
    if (!known) return { status: 404, json: { message: 'No such image' } };
    return { json: { Id: reference.replace(/^.*@/, ''), RepoDigests: [reference] } };
  });
  engine.on('POST /v1.43/images/create', ({ query }) => {
    host.images.add(query.get('fromImage') ?? '');
    return { body: `${host.pullLines.join('\n')}\n` };
  });
  engine.on('GET /v1.43/containers/*', (request) => {
    if (request.path.endsWith('/containers/json')) return { json: listed(host, request.query) };
    const found = find(request);
    // A service that prints its environment, as many do when they cannot start.
    const environment = found?.body.Env.join('\n') ?? '';
    if (request.path.endsWith('/logs')) {
      const said = host.log ?? `::error::hostile\n${environment}\nlast words\n`;
      return { body: request.query.get('timestamps') === '1' ? framed(said) : said };
    }
    return found === undefined ? { status: 404, json: {} } : { json: inspected(found, host.networks) };
  });
  engine.on('POST /v1.43/containers/*', (request) => change(request, { containers, host }, find(request)));
  engine.on('PUT /v1.43/containers/*', { json: {} });
  engine.on('DELETE /v1.43/containers/*', (request) => {
    const found = host.keepsContainers ? undefined : find(request);
    found?.server?.close();
    if (found !== undefined) containers.splice(containers.indexOf(found), 1);
    return { status: 204 };
  });
}

async function change(
  request: ReceivedRequest,
  { containers, host }: { readonly containers: FakeContainer[]; readonly host: DoubleHost },
  found: FakeContainer | undefined,
): Promise<ScriptedAnswer> {
  if (request.path.endsWith('/create')) {
    const id = (containers.length + 1).toString(16).padStart(2, '0').repeat(32);
    const unique = containers.some((other) => other.id === id) ? id.replace('0', 'f') : id;
    const body = JSON.parse(request.body) as FakeContainer['body'];
    if (body.Entrypoint?.[0] === 'refused') return { status: 500, json: { message: 'no space left' } };
    containers.push({
      id: unique,
      name: request.query.get('name') ?? '',
      body,
      state: 'created',
      server: null,
    });
    if (body.Entrypoint?.[0] === 'lost') return { fault: 'cut' };
    return { status: 201, json: { Id: unique } };
  }
  if (found === undefined) return { status: 404, json: { message: 'No such container' } };
  if (request.path.endsWith('/exec')) return host.execs.create(found.name, request.body);
  if (request.path.endsWith('/start') && host.portsTaken > 0) {
    host.portsTaken -= 1;
    return { status: 500, json: { message: host.takenWords } };
  }
  if (request.path.endsWith('/start')) return startContainer(found, host.networks.addressOf(found.id));
  if (request.path.endsWith('/wait'))
    return found.state === 'running' ? { fault: 'hang' } : { json: { StatusCode: 0 } };
  if (request.path.endsWith('/stop')) {
    found.server?.close();
    found.server?.closeAllConnections();
    if (found.state === 'running') found.ended = nextMoment();
    found.state = 'exited';
  }
  return { status: 204 };
}

/** A log as the engine multiplexes it: one frame for each line, one time for all. */
function framed(text: string): Uint8Array {
  const at = '2026-01-01T00:00:00.000000001Z';
  const frames = text.split(/(?<=\n)/).map((line) => {
    const payload = Buffer.from(`${at} ${line}`);
    const header = Buffer.alloc(8);
    header[0] = 1;
    header.writeUInt32BE(payload.length, 4);
    return Buffer.concat([header, payload]);
  });
  return Buffer.concat(frames);
}

function listed({ containers, networks }: DoubleHost, query: URLSearchParams): readonly object[] {
  const filters = JSON.parse(query.get('filters') ?? '') as Readonly<Record<string, readonly string[]>>;
  const { label = [] } = filters;
  const carries = ({ body }: FakeContainer): boolean =>
    label.every((pair) => Object.entries(body.Labels).some(([name, value]) => `${name}=${value}` === pair));
  return containers
    .filter(carries)
    .map(({ id }) => ({ Id: id, NetworkSettings: { Networks: networks.fixedOf(id) } }));
}

async function startContainer(found: FakeContainer, fixed: string | null): Promise<ScriptedAnswer> {
  if (found.body.Entrypoint !== undefined) {
    found.state = found.body.Entrypoint[0] === 'hang' ? 'running' : 'exited';
    return { status: 204 };
  }
  if (found.body.Env.includes('EXITS=1')) {
    found.state = 'exited';
    return { status: 204 };
  }
  const bound = found.body.HostConfig.PortBindings['3000/tcp']?.[0].HostPort;
  if (bound === undefined && fixed === null) {
    found.started = nextMoment();
    found.state = 'running';
    return { status: 204 };
  }
  const fit = !found.body.Env.includes('NEVER_HEALTHY=1');
  const server = createHttpServer(({ url = '' }, response) => {
    const asked = /^\/status\/(\d+)$/.exec(url)?.[1];
    if (url !== '/hang') response.writeHead(asked === undefined ? (fit ? 200 : 503) : Number(asked));
    if (url !== '/hang') response.end(`::error::hostile\n${found.body.Env.join('\n')}\nhalf`);
  });
  const taken = await new Promise<boolean>((resolve) => {
    server.once('error', () => resolve(true));
    server.listen(Number(bound ?? 3000), fixed ?? '127.0.0.1', () => resolve(false));
  });
  if (taken)
    return { status: 500, json: { message: 'Bind for 127.0.0.1 failed: port is already allocated' } };
  found.server = server;
  found.started = nextMoment();
  found.state = 'running';
  return { status: 204 };
}

let moments = 0;
function nextMoment(): number {
  moments += 1;
  return moments;
}

function inspected(
  { id, name, body, state, started, ended }: FakeContainer,
  networks: DoubleNetworks,
): object {
  const { HostConfig, ...config } = body;
  return {
    Id: id,
    Name: `/${name}`,
    Created: `2026-01-01T00:00:${id.slice(0, 2)}Z`,
    Image: body.Image.replace(/^.*@/, ''),
    State: {
      ...stateOf(body.Entrypoint ?? [], state),
      ...timesOf({ StartedAt: started, FinishedAt: ended }),
    },
    RestartCount: 0,
    NetworkSettings: {
      Networks: {
        shop_default: {
          IPAddress: state === 'running' ? `10.0.0.${Number.parseInt(id.slice(0, 2), 16)}` : '',
        },
        ...networks.fixedOf(id),
      },
    },
    Config: config,
    HostConfig,
  };
}

function timesOf(moments: Readonly<Record<string, number | undefined>>): object {
  const known = Object.entries(moments).filter(([, moment]) => moment !== undefined);
  return Object.fromEntries(
    known.map(([name, moment]) => [name, new Date((moment ?? 0) * 1000).toISOString()]),
  );
}

function stateOf([what, exitCode]: readonly string[], state: FakeContainer['state']): object {
  const [ended, oom] = [state === 'exited', what === 'oom'];
  return { Running: state === 'running', ExitCode: ended ? Number(exitCode ?? '3') : 0, OOMKilled: oom };
}

async function startProxy(path: string, answer: (command: string) => string): Promise<() => Promise<void>> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', (bytes) => socket.end(answer(bytes.toString('utf8').trim())));
  });
  await new Promise<void>((resolve) => server.listen(path, resolve));
  return () => new Promise((resolve) => server.close(() => resolve()));
}

function answerTo(command: string, slots: Map<string, FakeSlot>, stateFile: StateFile): string {
  if (command.includes(';'))
    return command
      .split(';')
      .map((each) => answerTo(each, slots, stateFile))
      .join('');
  const [, name = '', verb, value, port] =
    /^set server web\/(\S+) (addr|state|weight) (\S+)(?: port (\d+))?$/.exec(command) ?? [];
  const slot = slots.get(name);
  if (slot !== undefined && verb === 'addr') Object.assign(slot, { address: value, port: Number(port) });
  if (slot !== undefined && verb === 'state') slot.state = value as FakeSlot['state'];
  if (slot !== undefined && verb === 'weight') slot.weight = Number(value);
  if (slot !== undefined) return '\n';
  if (command === 'show servers state web') return serversState(slots, stateFile);
  if (command === 'show env HEADGATE_STATE:web' && stateFile.path !== '')
    return `HEADGATE_STATE:web=${stateFile.path}\n\n`;
  if (command === 'show stat -1 4 -1') return stat(slots);
  return 'No such backend.\n\n';
}

function serversState(slots: ReadonlyMap<string, FakeSlot>, { isNamed }: StateFile): string {
  const rows = [...slots].map(([name, { address, port, state, weight = 256 }]) => {
    const admin = { ready: 4, drain: 12, maint: 5 }[state];
    return `web ${name} ${address} ${state === 'maint' ? 0 : 2} ${admin} ${weight} ${isNamed ? 'slot.invalid' : '-'} ${port}`;
  });
  return `1\n# be_name srv_name srv_addr srv_op_state srv_admin_state srv_uweight srv_fqdn srv_port\n${rows.join('\n')}\n\n`;
}

function stat(slots: ReadonlyMap<string, FakeSlot>): string {
  const rows = [...slots.keys()].map((name) => `web,${name},0,0,0,UP,0,0,0,0,0,0`);
  return `# pxname,svname,scur,econ,eresp,status,hrsp_1xx,hrsp_2xx,hrsp_3xx,hrsp_4xx,hrsp_5xx,hrsp_other\n${rows.join('\n')}\n\n`;
}
