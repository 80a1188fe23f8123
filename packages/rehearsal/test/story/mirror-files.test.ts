// A mirror stands alone: what its bundle shares with others lies in its own folder.
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { testFolder } from '@headgate/kit/testing/folder';
import { expect, it } from '@jest/globals';
import { writeMirror } from '../../src/story/mirror-files.js';

const notify = fileURLToPath(new URL('../../../notify', import.meta.url));

it('has shared chunks in their places, and everything else as it is', async () => {
  const packages = join(testFolder('headgate-shared-'), 'packages');
  const write = (path: string, text: string): void => {
    mkdirSync(dirname(join(packages, path)), { recursive: true });
    writeFileSync(join(packages, path), text);
  };
  write('notify/action.yml', 'name: notify\n');
  write('notify/src/index.ts', '');
  write('notify/dist/index.js', 'import("./7.index.js");\n');
  const stub = (up: string): string =>
    `import f from"${up}kit/dist/0123456789abcdef.js";export const{id,ids,modules}=f([7,12]);\n`;
  write('notify/dist/7.index.js', stub('../../'));
  write('notify/dist/post/7.index.js', stub('../../../'));
  write('kit/dist/0123456789abcdef.js', 'export default $=>({id:$[0],ids:[$[0]],modules:{[$[1]]:0}});\n');
  const target = join(testFolder('headgate-mirror-'), 'notify');

  await writeMirror(join(packages, 'notify'), target);

  const read = (path: string): string => readFileSync(join(target, path), 'utf8');
  const made =
    'const f=$=>({id:$[0],ids:[$[0]],modules:{[$[1]]:0}});export const{id,ids,modules}=f([7,12]);\n';
  expect(read('dist/7.index.js')).toBe(made);
  expect(read('dist/post/7.index.js')).toBe(made);
  expect(await import(join(target, 'dist', '7.index.js'))).toMatchObject({ id: 7, modules: { 12: 0 } });
  expect(read('dist/index.js')).toBe('import("./7.index.js");\n');
  expect(() => read('src/index.ts')).toThrow('ENOENT');
});

const real = existsSync(join(notify, 'dist', 'index.js')) ? it : it.skip;
if (real !== it) process.stdout.write('mirror-files.test.ts skipped: notify is not built (npm run build)\n');

real('of a real bundle refers to nothing outside itself', async () => {
  const target = join(testFolder('headgate-mirror-'), 'notify');

  await writeMirror(notify, target);

  const files = readdirSync(join(target, 'dist'), { recursive: true, encoding: 'utf8' });
  const outside = files
    .filter((path) => path.endsWith('.js'))
    .filter((path) => readFileSync(join(target, 'dist', path), 'utf8').includes('kit/dist/'));
  expect(files.length).toBeGreaterThan(5);
  expect(outside).toEqual([]);
});
