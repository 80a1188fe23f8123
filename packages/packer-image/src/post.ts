// Entry of the post step: does nothing unless a build was cut off.
import { createRealHost } from '@headgate/kit/action-host';
import { systemClock } from '@headgate/kit/clock';

const host = createRealHost();
const saved = host.core.getState('child');
if (saved !== '') {
  const { awaitPacker, parseMark } = await import('./aftermath.js');
  const mark = parseMark(saved);
  if (mark !== null) await awaitPacker(mark, { core: host.core, clock: systemClock, signal: host.signal });
}
host.exit('success');
