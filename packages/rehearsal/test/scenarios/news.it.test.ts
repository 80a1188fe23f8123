// A mail server that is down: the delivery goes on, and nobody can say they were not told.
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { RunState } from '../../src/model.js';
import { openReleaseScene, prepare } from './release.js';
import { conclusions, jobOf, type Scene } from './scene.js';
import { releaseBundles, scenarios } from './tools.js';

const suite = await scenarios('news', releaseBundles, [['terraform', 'version']]);

suite('a delivery whose mail server is down', () => {
  let scene: Scene;
  let run: RunState;
  beforeAll(async () => {
    scene = await openReleaseScene({
      further: [
        'notifications:',
        '  team:',
        '    type: smtp',
        '    host: { var: SMTP_HOST }',
        '    port: { var: SMTP_PORT }',
        '    from: delivery@example.com',
        '    to: [team@example.com]',
        '    on: [deployed]',
      ],
    });
    // The discard port, where nothing listens.
    Object.assign(scene.host.repository(scene.repository).variables, { SMTP_PORT: '9' });
    run = (await prepare(scene, '1.0.0')).staging;
  }, 120_000);
  afterAll(() => scene.close());

  it('goes on', () => {
    expect(run.conclusion).toBe('success');
    expect(conclusions(run)).toMatchObject({ 'target (web)': 'success', notify: 'success' });
  });

  it('warns, and names the channel in the summary', () => {
    const job = jobOf(run, 'notify');
    expect(job.annotations).toContainEqual(expect.objectContaining({ level: 'warning' }));
    expect(job.summary).toMatch(/smtp.*failed/is);
  });
});
