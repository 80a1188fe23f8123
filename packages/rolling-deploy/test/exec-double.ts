// Commands in containers, as a double of the Engine API: `exit CODE`, `hang`, `absent` (not in the image), `cut CODE` (the
// stream breaks, the exit code is known).
import type { ScriptedAnswer, TestServer } from '@headgate/kit/testing/http-server';

export interface DoubleExec {
  /** Name of the container. */
  readonly container: string;
  readonly command: readonly string[];
  readonly environment: readonly string[];
}

export interface DoubleExecs {
  readonly all: readonly DoubleExec[];
  create(container: string, body: string): ScriptedAnswer;
}

/** Each command prints a hostile line and its variables. */
export function scriptExecs(engine: TestServer): DoubleExecs {
  const all: DoubleExec[] = [];
  const commandOf = (path: string): DoubleExec | undefined => all[Number(/exec-(\d+)/.exec(path)?.[1])];
  engine.on('POST /v1.43/exec/*', ({ path }) => {
    const { command = [], environment = [] } = commandOf(path) ?? {};
    const [what] = command;
    if (what === 'hang') return { fault: 'hang' };
    if (what === 'absent') return { status: 400, json: { message: notFound } };
    const said = [
      frame(1, '::error::hostile\nhal'),
      frame(2, `${environment.join('\n')}\n`),
      frame(1, 'f\n'),
    ];
    return { body: Buffer.concat(said), ...(what === 'cut' ? { fault: 'cut-body' } : {}) };
  });
  engine.on('GET /v1.43/exec/*', ({ path }) => {
    return { json: { Running: false, ExitCode: Number(commandOf(path)?.command[1] ?? '0') } };
  });
  return {
    all,
    create: (container, body) => {
      const { Cmd, Env } = JSON.parse(body) as { readonly Cmd: string[]; readonly Env: string[] };
      all.push({ container, command: Cmd, environment: Env });
      return { status: 201, json: { Id: `exec-${all.length - 1}` } };
    },
  };
}

const notFound = 'OCI runtime exec failed: exec: "absent": executable file not found in $PATH: unknown';

function frame(stream: number, text: string): Buffer {
  const payload = Buffer.from(text);
  const header = Buffer.alloc(8);
  header[0] = stream;
  header.writeUInt32BE(payload.length, 4);
  return Buffer.concat([header, payload]);
}
