// CODEOWNERS on the production branch: who must look at a change of the flow itself.
import { ownersOf } from './code-owners.js';
import { type Findings, found, unseenBy } from './finding.js';
import type { Reader } from './reader.js';

const places = ['.github/CODEOWNERS', 'CODEOWNERS', 'docs/CODEOWNERS'];
const guarded = [
  ['.github/workflows/**', '.github/workflows/any/other.yml', '.github/workflows/delivery.yml'],
  ['headgate.yml', 'headgate.yml'],
] as const;

export async function ownerFindings(reader: Reader, branch: string): Promise<Findings> {
  const page = `${reader.page}/tree/${encodeURIComponent(branch)}/.github`;
  for (const path of places) {
    const route = 'GET /repos/{owner}/{repo}/contents/{path}';
    const answer = await reader.read<{ readonly content?: string }>(route, { path, ref: branch });
    if (answer.kind === 'unseen') return unseenBy('CODEOWNERS', answer.needs);
    if (answer.kind === 'absent') continue;
    const text = Buffer.from(answer.value.content ?? '', 'base64').toString('utf8');
    const open = guarded.filter(([, ...paths]) => paths.some((each) => ownersOf(text, each).length === 0));
    return found(
      ...open.map(([pattern]) => ({
        severity: 'error' as const,
        subject: path,
        expected: `an owner of ${pattern}: who may change it changes what is approved`,
        found: 'nobody',
        page,
        command: null,
      })),
    );
  }
  const seesFiles = await reader.read('GET /repos/{owner}/{repo}/branches/{branch}', { branch });
  if (seesFiles.kind === 'unseen') return unseenBy('CODEOWNERS', seesFiles.needs);
  return found({
    severity: 'error',
    subject: 'CODEOWNERS',
    expected: `owners of ${guarded.map(([pattern]) => pattern).join(' and ')} on ${branch}`,
    found: 'no such file',
    page,
    command: null,
  });
}
