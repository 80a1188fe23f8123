// The order of the test files: those that need real tools first. They wait a lot, and the longest take minutes: begun last,
// one of them would keep the end of the run waiting while the other workers have nothing left to do.
import { createRequire } from 'node:module';

/** @type {typeof import('@jest/test-sequencer').default} */
const Sequencer = createRequire(import.meta.url)('@jest/test-sequencer').default;

export default class RealToolsFirst extends Sequencer {
  /** @override @param {Parameters<InstanceType<typeof Sequencer>['sort']>[0]} tests */
  async sort(tests) {
    const isReal = (/** @type {{ path: string }} */ { path }) => path.endsWith('.it.test.ts');
    const sorted = await super.sort(tests);
    return sorted.toSorted((one, other) => Number(isReal(other)) - Number(isReal(one)));
  }
}
