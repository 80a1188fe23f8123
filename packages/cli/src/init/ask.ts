// What cannot be seen is asked, on a terminal only; elsewhere it stays open and is said.
import { createInterface } from 'node:readline/promises';
import { type HostProcess, print } from '../host-process.js';
import { readPort } from './dockerfile.js';
import type { Answers } from './draft.js';
import { servicesOf } from './draft-targets.js';
import { readLogins, type Survey } from './survey.js';

/** True where somebody can answer. */
export function canAsk(host: HostProcess, yes: boolean): boolean {
  return !yes && host.stdin.isTTY === true;
}

/** `given` by what people answer to the questions that are left. */
export async function askOpen(survey: Survey, given: Answers, host: HostProcess): Promise<Answers> {
  const { open } = servicesOf(survey, given);
  const asksApprovers = given.approvers.length === 0 && survey.services.length > 0;
  if (open.length === 0 && !asksApprovers) return given;
  const lines = createInterface({ input: host.stdin, output: host.stderr });
  const ended = new Promise<string>((resolve) => lines.once('close', () => resolve('')));
  let isOpen = true;
  lines.once('close', () => {
    isOpen = false;
  });
  // The end of the input answers all that is still asked: with nothing.
  const ask = async (question: string): Promise<string> =>
    isOpen ? (await Promise.race([lines.question(question, { signal: host.signal }), ended])).trim() : '';
  try {
    const ports = new Map(given.ports);
    for (const { name, compose } of open) {
      const port = await askPort(
        `Which port does ${name} of ${compose} listen on? (empty: it is left out) `,
        ask,
        host,
      );
      if (port !== null) ports.set(name, port);
    }
    if (!asksApprovers) return { ...given, ports };
    const answer = await ask(
      'Who approves what goes to production? GitHub logins, at least two (empty: decide later) ',
    );
    return { ports, approvers: readLogins(answer.replaceAll('@', '').split(/[\s,]+/)) };
  } finally {
    lines.close();
  }
}

/** Until it is a port or nothing. */
async function askPort(
  question: string,
  ask: (question: string) => Promise<string>,
  host: HostProcess,
): Promise<number | null> {
  for (;;) {
    const answer = await ask(question);
    if (answer === '') return null;
    const port = readPort(/^\d+$/.test(answer) ? answer : undefined);
    if (port !== null) return port;
    print(host.stderr, [`A number from 1 to 65535 was expected, ${JSON.stringify(answer)} was found.`]);
  }
}
