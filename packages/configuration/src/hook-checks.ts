// What the schema cannot see about hooks: one kind of work each, names of their own, and a port to be asked on.
import { type Finding, type Path, showPath } from './finding.js';
import { hookPoints } from './hook-schema.js';
import { memberOf } from './members.js';

const kinds = ['command', 'http', 'task'] as const;

/** `unknownImage` judges the image of a task. */
export function hookFindings(
  target: unknown,
  place: Path,
  unknownImage: (task: unknown, path: Path) => readonly Finding[],
): readonly Finding[] {
  return hookPoints.flatMap((point) => {
    const listed = memberOf(memberOf(target, 'hooks'), point);
    const hooks: readonly unknown[] = Array.isArray(listed) ? listed : [];
    const names = hooks.map(nameOf);
    return hooks.flatMap((hook, index) => {
      const path = [...place, 'hooks', point, index];
      const finding = (problem: string, cure: string): readonly Finding[] => [
        { path, at: 'value', message: `\`${showPath(path)}\`: ${problem}`, cure },
      ];
      const given = kinds.filter((kind) => isSet(hook, kind));
      if (given.length !== 1)
        return finding(
          `one of command, http and task was expected, found ${given.join(' and ') || 'none'}`,
          'Give each hook one kind of work.',
        );
      if (names.indexOf(names[index]) !== index)
        return finding(`${names[index]} stands twice at ${point}`, 'Give each hook a `name` of its own.');
      const http = memberOf(hook, 'http');
      if (given[0] === 'http' && isSet(http, 'path') === isSet(http, 'url'))
        return finding('either path or url was expected', 'Write one of them under `http`.');
      if (isSet(http, 'path') && !isSet(target, 'port'))
        return finding('the service has no port to be asked on', 'Use `command` or a `url`, or add `port`.');
      return unknownImage(memberOf(hook, 'task'), [...path, 'task']);
    });
  });
}

function nameOf(hook: unknown): unknown {
  return memberOf(hook, 'name') ?? kinds.find((kind) => isSet(hook, kind));
}

function isSet(value: unknown, key: string): boolean {
  return (memberOf(value, key) ?? null) !== null;
}
