// The input `hooks` of rolling-deploy, out of a target's hooks.
import type { Settings } from './decision.js';
import { type HookConfiguration, hookPoints } from './hook-schema.js';
import { resolveAll } from './image-settings.js';
import type { References } from './references.js';
import type { TargetConfiguration } from './schema.js';
import { checked, type Place } from './target-forms.js';

type Path = readonly string[];

const address: Place = {
  keys: ['url'],
  pattern: /^https?:\/\/[A-Za-z0-9[][^\s/@#]*(?:\/[\x21\x22\x24-\x7e]*)?$/,
  wanted: 'an http or https address without a user',
};

/** @throws {ActionError} `invalid-target` */
export function hookSettings(
  { image, hooks = {} }: TargetConfiguration,
  path: Path,
  references: References,
): Settings {
  const points = hookPoints.flatMap((point): [string, Settings[]][] => {
    const listed = hooks[point] ?? [];
    const all = listed.map((hook, index) =>
      one(hook, image, { path: [...path, point, String(index)], references }),
    );
    return all.length === 0 ? [] : [[point, all]];
  });
  return points.length === 0 ? {} : { hooks: Object.fromEntries(points) };
}

interface Where {
  readonly path: Path;
  readonly references: References;
}

function one(hook: HookConfiguration, image: string, { path, references }: Where): Settings {
  const { name, command, http, task, timeout, hosts } = hook;
  return {
    ...(name === undefined ? {} : { name }),
    ...(command === undefined ? {} : { command }),
    ...(http === undefined ? {} : { http: callOf(http, { path: [...path, 'http'], references }) }),
    ...(task === undefined
      ? {}
      : {
          task: {
            'image-name': task.image ?? image,
            command: task.command,
            environment: resolveAll(task.environment, [...path, 'task', 'environment'], references),
          },
        }),
    timeout,
    hosts,
  };
}

function callOf(
  { url, method, path: asked, status }: NonNullable<HookConfiguration['http']>,
  { path, references }: Where,
): Settings {
  const given: Settings = {
    ...(method === undefined ? {} : { method }),
    ...(asked === undefined ? {} : { path: asked }),
    ...(status === undefined ? {} : { status }),
  };
  if (url === undefined) return given;
  const text = references.resolve(url, [...path, 'url']);
  // A missing variable is reported with all others.
  return { ...given, url: text === null ? '' : checked([...path, 'url'].join('.'), text, address) };
}
