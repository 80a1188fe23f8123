// Whole flows that must end early or say what did not happen: an invalid headgate.yml, an expected stage that is skipped.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { cloneAs } from './clone.js';
import { artifacts, recordOf, repositories } from './leavings.js';
import { conclusions, jobOf, openScene, type Scene } from './scene.js';
import { configuration, delivery, dockerfile } from './tiny-application.js';
import { scenarios } from './tools.js';

const suite = await scenarios('configuration');

suite('an invalid headgate.yml', () => {
  let scene: Scene;
  beforeAll(async () => {
    scene = await openScene({ deploys: true });
  });
  afterAll(() => scene.close());

  const valid = (): string => configuration({ application: scene.application, deploys: true });
  const cases = [
    {
      name: 'with an unknown key',
      files: () => ({ 'headgate.yml': valid().replace('    target: runtime', '    tagret: runtime') }),
      place: 'headgate.yml:7:5',
      says: ['tagret', 'target'],
    },
    {
      name: 'with a value of the wrong type',
      files: () => ({ 'headgate.yml': valid().replace('port: 3000', 'port: many') }),
      place: 'headgate.yml:17:15',
      says: ['number', 'many'],
    },
    {
      name: 'with two environments of one name',
      files: () => ({ 'headgate.yml': valid() + valid().slice(valid().indexOf('  integration:')) }),
      place: 'headgate.yml:23:3',
      says: ['integration'],
    },
    {
      name: 'that names a Dockerfile which is not there',
      files: () => ({
        'headgate.yml': valid().replace('    target: runtime', '    file: Dockerfiel\n    target: runtime'),
      }),
      place: 'headgate.yml:7:11',
      says: ['Dockerfiel', 'Dockerfile'],
    },
  ];

  it.each(cases)(
    '$name stops everything, with line, column and cure',
    async ({ name, files, place, says }) => {
      const run = await scene.push({ branch: `feature/${name.replaceAll(' ', '-')}`, files: files() });

      expect(conclusions(run)).toEqual({
        decide: 'failure',
        'result (push)': 'failure',
      });
      const { annotations, summary } = jobOf(run, 'decide');
      const [annotation] = annotations.filter(({ message }) => message.includes('headgate.yml'));
      expect(annotation?.message).toContain(place);
      for (const said of says) expect(annotation?.message).toContain(said);
      expect(summary).toContain(place);
      expect(jobOf(run, 'result (push)').summary).toMatch(/decide was expected to succeed/u);
      expect(artifacts(scene, run).size).toBe(0);
    },
  );
});

suite('an expected stage that does not run', () => {
  let scene: Scene;
  beforeAll(async () => {
    scene = await openScene({ deploys: true });
  });
  afterAll(() => scene.close());

  it('makes the result a failure that names the stage', async () => {
    const maintainer = scene.host.person('maintainer', { role: 'admin' });
    const folder = join(scene.directory, 'headgate');
    const headgate = await cloneAs(maintainer, 'headgate/headgate', folder);
    const file = join('.github', 'workflows', 'git-flow.yml');
    const text = await readFile(join(folder, file), 'utf8');
    const skipping = text.replace(/( {2}deploy:\n(?: {4}.*\n)*? {4}if: ).*/u, '$1false');
    expect(skipping).not.toBe(text);
    await headgate.commit({ branch: 'skips', from: 'v1', files: { [file]: skipping } });
    await headgate.push('skips');

    const run = await scene.push({
      branch: 'develop',
      files: { '.github/workflows/delivery.yml': delivery('skips'), Dockerfile: dockerfile() },
    });

    expect(conclusions(run)).toEqual({
      decide: 'success',
      'image (app)': 'success',
      collect: 'success',
      record: 'failure',
      'result (push)': 'failure',
    });
    const { annotations, summary } = jobOf(run, 'result (push)');
    expect(annotations[0]).toMatchObject({
      title: 'git-flow: stage-skipped',
      message: expect.stringContaining('the stage deploy was expected to run; it was skipped'),
    });
    expect(summary).toContain('the stage deploy was expected to run');
    expect(jobOf(run, 'result (push)').outputs['result']).toBe('failure');
    expect(recordOf(scene, run).deployments).toEqual([]);
    expect(await repositories(scene.registry)).toEqual([scene.image]);
  });
});
