// A pause for approval as an issue: who may says /approve and the digits there. Read anew at each look; nothing is resumed by it.
import type { Context } from '@headgate/kit/context';
import { ActionError } from '@headgate/kit/errors';
import type { GitHub } from '@headgate/kit/github';
import { escapeMarkdown } from '@headgate/kit/summary';
import type { Approvers } from './approvers.js';
import { DeployError } from './errors.js';
import { type Approvals, notApproved, type PauseQuestion } from './pauses.js';

export interface ThreadOptions {
  readonly connect: () => Promise<GitHub>;
  readonly clock: { now(): number };
  readonly warn: (message: string) => void;
  readonly log: (line: string) => void;
  readonly context: Pick<Context, 'sha' | 'actor' | 'triggeringActor' | 'runUrl'>;
  readonly approvers: Approvers;
  /** What is deployed where: `web in production`. */
  readonly subject: string;
  /** Twelve hex digits of one question. */
  readonly digitsOf: (question: PauseQuestion) => string;
}

interface Comment {
  readonly body?: string | null;
  readonly user?: { readonly login?: string; readonly type?: string } | null;
  readonly created_at: string;
  readonly updated_at: string;
}

interface Asked {
  readonly number: number;
  readonly digits: string;
  readonly excluded: ReadonlySet<string>;
}

/** One for all hosts of a deployment: what is approved for one of them is approved for all. */
export function openApprovals(options: ThreadOptions): Approvals {
  const asked = new Map<number, Promise<Asked>>();
  const approved = new Map<number, string>();
  const looked = new Map<number, number>();
  const { clock, connect, warn, approvers } = options;
  return {
    look: async (question) => {
      const { percent } = question;
      const known = approved.get(percent);
      const last = looked.get(percent) ?? Number.NEGATIVE_INFINITY;
      if (known !== undefined || clock.now() - last < approvers.intervalMs) return known ?? null;
      looked.set(percent, clock.now());
      const thread = asked.get(percent) ?? ask(question, options);
      asked.set(percent, thread);
      try {
        const who = await read(await thread, await connect(), options);
        if (who !== null) approved.set(percent, who);
        return who;
      } catch (error) {
        const text = error instanceof Error ? error.message : String(error);
        if (error instanceof DeployError) throw error;
        if (error instanceof Rejection) throw notApproved(percent, `${text} said no`);
        if (error instanceof ActionError && error.code === 'github-permission')
          throw notApproved(percent, `${text} ${error.hint}`);
        // GitHub may be away for a while; the deadline ends that too.
        warn(`nobody could be asked yet: ${text}`);
        await thread.catch(() => asked.delete(percent));
        return null;
      }
    },
    close: async ({ percent }, outcome) => {
      const place = await asked.get(percent)?.catch(() => null);
      if (place === null || place === undefined) return;
      asked.delete(percent);
      await end(place.number, outcome, await connect()).catch((error: unknown) =>
        warn(
          `issue #${place.number} was left open: ${error instanceof Error ? error.message : String(error)}`,
        ),
      );
    },
  };
}

class Rejection extends Error {}

async function ask(question: PauseQuestion, options: ThreadOptions): Promise<Asked> {
  const { subject, approvers, context, log } = options;
  const github = await options.connect();
  const digits = options.digitsOf(question);
  const excluded = await excludedPeople(github, options);
  const eligible = approvers.people.filter((login) => !excluded.has(login.toLowerCase()));
  if (eligible.length === 0)
    throw notApproved(question.percent, 'everybody who may approve took part in what is deployed');
  const { data } = await github.request<{ readonly number: number; readonly html_url?: string }>(
    'POST /repos/{owner}/{repo}/issues',
    {
      title: `${subject}: go on after ${question.percent} %?`,
      body: textOf(question, digits, eligible, context.runUrl),
    },
  );
  log(
    `waiting for /approve ${digits} by ${eligible.join(', ')} at ${data.html_url ?? `issue #${data.number}`}`,
  );
  return { number: data.number, digits, excluded };
}

function textOf(
  question: PauseQuestion,
  digits: string,
  eligible: readonly string[],
  runUrl: string,
): string {
  const found = question.findings.map((finding) => `- ${escapeMarkdown(finding)}\n`).join('');
  const until = new Date(question.deadline).toISOString();
  return [
    `${question.digest} gets ${question.percent} % of the requests, and [the deployment](${runUrl}) waits here.\n`,
    found,
    `${eligible.map((login) => `@${login}`).join(', ')}: comment \`/approve ${digits}\` and it goes on, \`/reject ${digits}\` and the former version is back.`,
    `Without an answer it goes back at ${until}.`,
  ].join('\n');
}

const form = /^\/(approve|reject)[ \t]+([0-9a-f]{12})(?:[ \t].*)?$/;

/** The first line that counts; an objection outweighs what was approved. @throws {Rejection} */
async function read({ number, digits, excluded }: Asked, github: GitHub, { approvers }: ThreadOptions) {
  const comments = await github.paginate<Comment>(
    'GET /repos/{owner}/{repo}/issues/{issue_number}/comments',
    {
      issue_number: number,
    },
  );
  const people = new Set(approvers.people.map((login) => login.toLowerCase()));
  let who: string | null = null;
  for (const { body, user, created_at: created, updated_at: updated } of comments) {
    const [, verb, said] = form.exec((body ?? '').split(/\r?\n/, 1)[0]?.trimEnd() ?? '') ?? [];
    const login = user?.login ?? '';
    const isPerson = user?.type === 'User' && people.has(login.toLowerCase());
    if (said !== digits || !isPerson || created !== updated) continue;
    if (verb === 'reject') throw new Rejection(login);
    if (!excluded.has(login.toLowerCase())) who ??= login;
  }
  return who;
}

interface Pull {
  readonly number: number;
  readonly user?: { readonly login?: string } | null;
  readonly merged_by?: { readonly login?: string } | null;
}

/** Whoever took part may object, and not approve. */
async function excludedPeople(
  github: GitHub,
  { context, approvers }: ThreadOptions,
): Promise<ReadonlySet<string>> {
  const logins: (string | undefined)[] = [];
  const { exclude } = approvers;
  if (exclude.includes('actor')) logins.push(context.actor);
  if (exclude.includes('triggering-actor')) logins.push(context.triggeringActor);
  if (exclude.includes('merger') || exclude.includes('pull-request-author')) {
    const { data } = await github.request<readonly Pull[]>(
      'GET /repos/{owner}/{repo}/commits/{commit_sha}/pulls',
      { commit_sha: context.sha },
    );
    for (const pull of data) {
      if (exclude.includes('pull-request-author')) logins.push(pull.user?.login);
      if (!exclude.includes('merger')) continue;
      const one = await github.request<Pull>('GET /repos/{owner}/{repo}/pulls/{pull_number}', {
        pull_number: pull.number,
      });
      logins.push(one.data.merged_by?.login);
    }
  }
  return new Set(logins.flatMap((login) => (login === undefined ? [] : login.toLowerCase())));
}

async function end(number: number, outcome: string, github: GitHub): Promise<void> {
  await github.request('POST /repos/{owner}/{repo}/issues/{issue_number}/comments', {
    issue_number: number,
    body: escapeMarkdown(outcome),
  });
  await github.request('PATCH /repos/{owner}/{repo}/issues/{issue_number}', {
    issue_number: number,
    state: 'closed',
  });
}
