// A build that prints its secret in every form it can: nobody finds it in what the run shows, keeps or publishes.
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { RunState } from '../../src/model.js';
import { artifacts, entryOf, imageContents, recordOf } from './leavings.js';
import { conclusions, jobOf, openScene, type Scene } from './scene.js';
import { configuration, dockerfile, runScript } from './tiny-application.js';
import { scenarios } from './tools.js';

const suite = await scenarios('secrets');
const secret = 'first half of it: äöü "quoted"\nsecond half of it & <tags>';
const base64 = Buffer.from(secret).toString('base64');
const forms = [
  ...secret.split('\n'),
  base64,
  JSON.stringify(secret).slice(1, -1),
  encodeURIComponent(secret),
  ...secret.split('\n').map((line) => Buffer.from(line).toString('base64')),
];

const mount = '--mount=type=secret,id=token ';
const print = [
  "const value = require('node:fs').readFileSync('/run/secrets/token', 'utf8')",
  "console.log('the value is ' + value)",
  'console.log(value)',
  "console.log(Buffer.from(value).toString('base64'))",
  'console.log(JSON.stringify(value))',
  'console.log(encodeURIComponent(value))',
  "for (const line of value.split('\\n')) { console.error(line); console.error('[' + line + ']', Buffer.from(line).toString('base64')) }",
  "console.log('all printed')",
].join('; ');

/** The forms of the secret that a text contains. */
const found = (text: string): readonly string[] => forms.filter((form) => text.includes(form));

/** Everything that a run shows or keeps, by where it was found. */
function shown(scene: Scene, run: RunState): ReadonlyMap<string, string> {
  const jobs = run.jobs.flatMap(({ name, log, summary, annotations, outputs, steps }) => [
    [`log of ${name}`, log] as const,
    [`summary of ${name}`, summary] as const,
    [`annotations of ${name}`, JSON.stringify(annotations)] as const,
    [`outputs of ${name}`, JSON.stringify(outputs)] as const,
    [`steps of ${name}`, JSON.stringify(steps)] as const,
  ]);
  const kept = [...artifacts(scene, run)].map(
    ([name, texts]) => [`artifact ${name}`, texts.join('\n')] as const,
  );
  return new Map([...jobs, ...kept, ['requests', JSON.stringify(scene.host.requests)]]);
}

function leaks(scene: Scene, run: RunState): readonly (readonly [string, readonly string[]])[] {
  const passwords = [scene.registry.password, Buffer.from(scene.registry.password).toString('base64')];
  return [...shown(scene, run)]
    .map(
      ([place, text]) =>
        [place, [...found(text), ...passwords.filter((form) => text.includes(form))]] as const,
    )
    .filter(([, all]) => all.length > 0);
}

suite('a build secret', () => {
  let scene: Scene;
  beforeAll(async () => {
    scene = await openScene();
    scene.giveBuildSecrets({ TOKEN: secret });
  });
  afterAll(() => scene.close());

  const image = ['    secrets: { token: { secret: TOKEN } }'];

  it('that a build prints is masked, and is in no layer, record, artifact or request', async () => {
    const run = await scene.push({
      branch: 'develop',
      files: {
        'headgate.yml': configuration({ application: scene.application, image }),
        Dockerfile: dockerfile({ build: [runScript(print, mount)] }),
      },
    });

    expect(run.conclusion).toBe('success');
    const { log } = jobOf(run, 'image (app)');
    expect(log).toContain('the value is ***');
    expect(log).toContain('all printed');
    expect(leaks(scene, run)).toEqual([]);
    const [published] = recordOf(scene, run).images;
    const contents = await imageContents(scene.registry, scene.image, published?.digest ?? '');
    expect(contents).toContain('app.txt');
    expect(found(contents)).toEqual([]);
  });

  it('that a failing gate prints is masked in the summary, the annotation and the entry too', async () => {
    const run = await scene.push({
      branch: 'develop',
      files: { Dockerfile: dockerfile({ test: [runScript(`${print}; process.exit(3)`, mount)] }) },
    });

    expect(conclusions(run)).toMatchObject({ 'image (app)': 'failure' });
    expect(jobOf(run, 'image (app)').summary).toContain('the value is ***');
    expect(entryOf(scene, run, 'images').cause?.code).toBe('gate-failed');
    expect(leaks(scene, run)).toEqual([]);
  });
});
