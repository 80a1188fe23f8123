// Hosts for test after test: made anew only after a test that left them another than they were, since most tests of a
// deployment end where they began, undone or refused.
import { askSocket } from '../src/local-transport.js';
import { parseServersState } from '../src/proxy-answers.js';
import type { TestHost } from './host.js';

export interface KeptHosts {
  /** Hosts as `open` makes them: those of before when nothing of them has changed. */
  ready(): Promise<readonly TestHost[]>;
  close(): void;
}

/** `open` also deploys what the tests begin with. */
export function keepHosts(open: () => Promise<readonly TestHost[]>): KeptHosts {
  let kept: readonly TestHost[] = [];
  let known = '';
  const close = (): void => {
    for (const host of kept) host.close();
    kept = [];
  };
  return {
    ready: async () => {
      if (kept.length > 0 && (await pictureOf(kept)) === known) return kept;
      close();
      kept = await open();
      known = await pictureOf(kept);
      return kept;
    },
    close,
  };
}

/** Containers, places in the traffic, and leases; one that was stopped and came back is the same as before. */
async function pictureOf(hosts: readonly TestHost[]): Promise<string> {
  const pictures = hosts.map(async (host) => {
    const slots = parseServersState(await askSocket(host.proxySocket, 'show servers state web', 5000));
    const used = slots
      .filter(({ state }) => state !== 'maint')
      .map(({ endpoint, state, weight, up }) => `${endpoint} ${state} ${weight} ${up}`);
    return [host.instances(), used.toSorted(), host.leases()];
  });
  return JSON.stringify(await Promise.all(pictures));
}
