// Is it so on pull requests and issues? What is open, and what the workflow wrote there.
import type { Wanted } from './expectation-schema.js';
import type { StoryWorld } from './world.js';

/** An open pull request of the branch whose title and description hold every text. */
export async function judgePullRequest(
  { branch, into, by, contains }: Wanted<'pull-request'>,
  { people }: Pick<StoryWorld, 'people'>,
): Promise<string | null> {
  const open = (await people.pullRequests()).filter((pull) => pull.open);
  const where = `${branch}${into === undefined ? '' : ` into ${into}`}`;
  const found = open.find((pull) => pull.branch === branch && (into === undefined || pull.into === into));
  if (found === undefined) {
    const shown = open.map((pull) => `${pull.branch} into ${pull.into}`);
    return `an open pull request from ${where} was expected; open: ${shown.join(', ') || 'none'}`;
  }
  if (by !== undefined && found.by !== by)
    return `the pull request from ${where} was expected to be by ${by}, it is by ${found.by}`;
  const text = `${found.title}\n${found.text}`;
  const missing = contains.find((each) => !text.includes(each));
  if (missing === undefined) return null;
  return `the pull request from ${where} was expected to contain ${JSON.stringify(missing)}; it says ${JSON.stringify(text)}`;
}

/** One issue of the workflow, in this state, with the text. */
export async function judgeIssue(
  { state, contains }: Wanted<'issue'>,
  { people }: Pick<StoryWorld, 'people'>,
): Promise<string | null> {
  const all = await people.workflowIssues();
  const fitting = all.filter(({ title, text }) => `${title}\n${text}`.includes(contains));
  const [only] = fitting;
  if (fitting.length === 1 && only?.open === (state === 'open')) return null;
  const shown = all.map(({ title, open }) => `${title} (${open ? 'open' : 'closed'})`);
  return `one ${state} issue with ${JSON.stringify(contains)} was expected; found ${shown.join(', ') || 'none'}`;
}

/** What the workflow wrote on the branch's newest pull request. */
export async function judgeComment(
  { 'pull-request': branch, contains, times }: Wanted<'comment'>,
  { people }: Pick<StoryWorld, 'people'>,
): Promise<string | null> {
  const pull = (await people.pullRequests()).find((each) => each.branch === branch);
  if (pull === undefined) return `a pull request from ${branch} was expected, there is none`;
  const texts = await people.workflowComments(pull.number);
  const fitting = texts.filter((text) => text.includes(contains)).length;
  if (times === undefined ? fitting > 0 : fitting === times) return null;
  const often = times === undefined ? '' : ` exactly ${times === 1 ? 'once' : `${times} times`}`;
  const shown = texts.map((text) => JSON.stringify(text.trim().slice(0, 500)));
  return `a comment with ${JSON.stringify(contains)} was expected${often} on the pull request from ${branch}; found ${shown.join(' | ') || 'none'}`;
}
