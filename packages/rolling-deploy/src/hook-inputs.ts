// The input `hooks`: commands, HTTP calls and one-off tasks at fixed points of a deployment.
import { textOf } from '@headgate/kit/input-values';
import { nearestName } from '@headgate/kit/nearest-name';
import { hookInput as input, mapping, shown, wrongHook as wrong } from './hook-words.js';
import { type HookPoint, hookPoints } from './hooks.js';
import { type HttpWork, parseHttp } from './http-hook.js';
import { checkName, type OneOffRequest, parseCommand, parseDeadline, parseOneOff } from './one-off-inputs.js';

export type HookWork =
  | { readonly kind: 'command'; readonly command: readonly string[] }
  | HttpWork
  /** `imageName` '' : the image that is deployed. */
  | { readonly kind: 'task'; readonly task: OneOffRequest; readonly imageName: string };

export interface HookRequest {
  readonly point: HookPoint;
  readonly name: string;
  readonly work: HookWork;
  readonly deadlineMs: number;
  /** Not on the hosts after the gate. */
  readonly onFirstHost: boolean;
}

const kinds = ['command', 'http', 'task'] as const;
const members = ['name', ...kinds, 'timeout', 'hosts'];
const usualDeadline = '1m';
const most = 20;

/** `hasPort`: instances can be asked by HTTP. @throws {InputError} naming the hook and its member */
export function parseHooks(value: unknown, hasPort: boolean): readonly HookRequest[] {
  if (value === undefined || value === null || value === '') return [];
  return Object.entries(mapping('a point', value)).flatMap(([key, list]) => {
    const point = hookPoints.find((one) => one === key);
    if (point === undefined)
      throw wrong(
        `${shown(key)} is no point`,
        `Write ${nearestName(key, hookPoints) ?? hookPoints.join(', ')}.`,
      );
    if (!Array.isArray(list) || list.length > most)
      throw wrong(`${point}: a list of at most ${most} hooks was expected`);
    const hooks = list.map((item: unknown, index) => parseHook(item, point, { index, hasPort }));
    const names = hooks.map(({ name }) => name);
    const twice = names.find((name, index) => names.indexOf(name) !== index);
    if (twice !== undefined)
      throw wrong(`${point}: ${twice} stands twice`, 'Give each hook a name of its own.');
    return hooks;
  });
}

interface Where {
  readonly index: number;
  readonly hasPort: boolean;
}

function parseHook(item: unknown, point: HookPoint, { index, hasPort }: Where): HookRequest {
  const place = `${point}[${index}]`;
  const hook = mapping(place, item, members);
  const given = kinds.filter((kind) => hook[kind] !== undefined);
  const [kind] = given;
  if (kind === undefined || given.length > 1)
    throw wrong(
      `${place}: one of command, http and task was expected, ${given.join(' and ') || 'none'} was found`,
    );
  const name = textOf(`${input}: ${place}.name`, hook['name'] ?? kind);
  checkName({ input, name });
  const form = { input, name: `${point}/${name}`, usualDeadline };
  const hosts = hook['hosts'] ?? 'each';
  if (hosts !== 'each' && hosts !== 'first')
    throw wrong(`${form.name}: hosts: first or each was expected, ${shown(hosts)} was found`);
  const deadlineMs = parseDeadline(form, hook['timeout'], 'timeout');
  const work = parseWork(kind, hook[kind], { name, place: form.name, hasPort });
  return { point, name, work, deadlineMs, onFirstHost: hosts === 'first' };
}

interface Named {
  readonly name: string;
  readonly place: string;
  readonly hasPort: boolean;
}

function parseWork(kind: (typeof kinds)[number], value: unknown, { name, place, hasPort }: Named): HookWork {
  switch (kind) {
    case 'command': {
      const command = parseCommand({ input, name: place }, value);
      if (command.length === 0)
        throw wrong(`${place}: command: it is empty`, 'Write for example [node, warm.js].');
      return { kind, command };
    }
    case 'http':
      return parseHttp(value, place, hasPort);
    case 'task': {
      const { 'image-name': image = '', ...task } = mapping(`${place}: task`, value);
      const imageName = textOf(`${input}: ${place}.image-name`, image);
      const needsCommand = imageName === '';
      // How long it may take is said once, for the hook.
      const form = { input, name, members: ['command', 'environment'], usualDeadline, needsCommand };
      return { kind, imageName, task: parseOneOff(task, form) };
    }
  }
}
