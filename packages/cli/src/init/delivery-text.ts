// delivery.yml with a repository's own branch names; all else is the sample's, which rehearsals run.
import { parseYaml } from '@headgate/kit/yaml';
import { type BranchNames, type BranchPart, usualBranches } from './branch-names.js';
import template from './workflow.generated.json' with { type: 'json' };

export function deliveryText(names: BranchNames): string {
  return template.delivery
    .split('\n')
    .map((line) => withTriggers(withReferences(line, names), names))
    .join('\n');
}

const lasting: readonly BranchPart[] = ['production', 'development'];
const prefixes: readonly BranchPart[] = ['feature', 'release', 'hotfix', 'support'];

/** `branches: [develop, "feature/**"]`: the names in a trigger. */
function withTriggers(line: string, names: BranchNames): string {
  const [, before = '', list, after = ''] = /^(\s*branches:\s*)(\[.*\])(.*)$/.exec(line) ?? [];
  if (list === undefined) return line;
  const items = parseYaml(list, { source: 'delivery.yml' }) as readonly string[];
  return `${before}[${items.map((item) => writePattern(replaced(item, names))).join(', ')}]${after}`;
}

function replaced(item: string, names: BranchNames): string {
  const part = lasting.find((each) => usualBranches[each] === item);
  if (part !== undefined) return escapePattern(names[part]);
  const prefix = prefixes.find((each) => item.startsWith(usualBranches[each]));
  if (prefix === undefined) return item;
  return `${escapePattern(names[prefix])}${item.slice(usualBranches[prefix].length)}`;
}

/** What a filter of GitHub takes for more than itself. Source: https://docs.github.com/actions/reference/workflows-and-actions/workflow-syntax#filter-pattern-cheat-sheet */
function escapePattern(name: string): string {
  return name.replace(/[*?+[\]!\\]/g, (character) => `\\${character}`);
}

function writePattern(pattern: string): string {
  return /^[A-Za-z][A-Za-z0-9._/-]*$/.test(pattern) ? pattern : JSON.stringify(pattern);
}

/** `'refs/heads/feature/'` in an expression, where a quote is doubled. */
function withReferences(line: string, names: BranchNames): string {
  if (line.trimStart().startsWith('#')) return line;
  return [...lasting, ...prefixes].reduce((text, part) => {
    const own = `'refs/heads/${names[part].replaceAll("'", "''")}'`;
    return text.replaceAll(`'refs/heads/${usualBranches[part]}'`, () => own);
  }, line);
}
