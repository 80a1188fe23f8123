// What the Marketplace asks of an action, looked at before a mirror is made: its form says so only at the very end.
import { ReleaseProblem } from '../release/problem.mjs';

/** @typedef {{ name?: unknown, description?: unknown, branding?: { icon?: unknown, color?: unknown } }} Metadata */

/** Source: https://docs.github.com/actions/reference/workflows-and-actions/metadata-syntax#branding */
const colors = ['white', 'black', 'yellow', 'blue', 'green', 'orange', 'red', 'purple', 'gray-dark'];
/** Icons of Feather that are refused. Source: the same page. */
const refusedIcons = [
  ...['coffee', 'columns', 'divide', 'divide-circle', 'divide-square', 'frown', 'hexagon'],
  ...['key', 'meh', 'mouse-pointer', 'smile', 'tool', 'x-octagon'],
];
/** "Description must be less than 125 characters", says the form of the release. */
const longestDescription = 124;

/**
 * @param {ReadonlyMap<string, Metadata>} actions by folder name
 * @throws {ReleaseProblem} with everything that is wrong
 */
export function checkMarketplace(actions) {
  const problems = [...actions].flatMap(([folder, { name, description, branding }]) => {
    const same = [...actions].filter(
      ([, other]) => String(other.name).toLowerCase() === String(name).toLowerCase(),
    );
    const { icon, color } = branding ?? {};
    return [
      ...(/^Headgate [A-Z]/.test(String(name)) ? [] : ['a name that begins with Headgate was expected']),
      ...(same.length === 1 ? [] : [`the name ${name} is there ${same.length} times`]),
      ...(String(description).length <= longestDescription
        ? []
        : [
            `a description of ${longestDescription} characters at most was expected, it has ${String(description).length}`,
          ]),
      ...(colors.includes(String(color)) ? [] : [`branding.color: one of ${colors.join(', ')} was expected`]),
      ...(typeof icon === 'string' && /^[a-z][a-z0-9-]*$/.test(icon) && !refusedIcons.includes(icon)
        ? []
        : ['branding.icon: a Feather icon that the Marketplace takes was expected']),
    ].map((problem) => `packages/${folder}/action.yml: ${problem}`);
  });
  if (problems.length > 0) throw new ReleaseProblem(problems.join('\n'), 'Correct action.yml.');
}
