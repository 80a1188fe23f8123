// What a pull request's compose file may not ask of the preview host: its files, its rights, what outlives the preview.
import type { Node } from './compose-document.js';
import { readList } from './compose-values.js';

const code = 'preview-refused';
/** Members of a volume that lead to data which is not the preview's own. */
const foreign = ['external', 'name', 'driver', 'driver_opts'];

/** @throws {DeployError} preview-refused, with the line */
export function refuseHostAccess(root: Node): void {
  for (const service of root.at('services').children()) {
    for (const item of service.at('volumes').children()) refuseBind(item);
    if (readList(service.at('cap_add')).length > 0)
      throw service
        .at('cap_add')
        .fault('would give unreviewed code more rights', 'Leave cap_add to real environments.', code);
    refuseForeignLog(service.at('logging').at('driver'));
    const option = readList(service.at('security_opt')).find((text) => !/^no-new-privileges/.test(text));
    if (option !== undefined) {
      const hint = 'Only no-new-privileges is taken.';
      throw service.at('security_opt').fault(`${option} would loosen what holds unreviewed code`, hint, code);
    }
  }
  for (const volume of root.at('volumes').children()) {
    const member = volume.children().find(({ key }) => foreign.includes(key));
    if (member === undefined) continue;
    const hint = 'Let the preview have a volume of its own: leave the member away.';
    throw member.fault('would share data with others, which go with no preview', hint, code);
  }
}

/** The others send it to an address that the file chooses, or keep none to show. */
function refuseForeignLog(driver: Node): void {
  const text = driver.text() ?? 'local';
  if (text === 'local' || text === 'json-file') return;
  throw driver.fault(`${text} would send the log elsewhere`, 'Use local or json-file.', code);
}

function refuseBind(item: Node): void {
  // The long form says by its type what it is.
  const isBind =
    typeof item.value === 'object' ? item.at('type').text() === 'bind' : /^[./~]/.test(item.text() ?? '');
  if (!isBind) return;
  const hint = 'Use a named volume, or put the files into the image.';
  throw item.fault('would open a folder of the preview host to unreviewed code', hint, code);
}
