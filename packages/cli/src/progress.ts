// Shows a story while it is played: a living picture on a terminal, plain lines elsewhere.
import type { JobState, RunState } from '@headgate/rehearsal/model';
import type { StoryWatcher } from '@headgate/rehearsal/story/play-story';
import type { StepResult, StoryResult } from '@headgate/rehearsal/story/result';
import type { Story } from '@headgate/rehearsal/story/story-schema';
import { type LiveState, renderLive } from '@headgate/rehearsal/view/live';
import { jobEndedLines, stepBeganLine, stepEndedLines } from '@headgate/rehearsal/view/plain';
import { type HostProcess, type Output, print } from './host-process.js';
import { canRedraw, createPicture, paintFor } from './terminal.js';

export interface Progress {
  readonly watcher: StoryWatcher;
  readonly onChange: (run: RunState, job?: JobState) => void;
  /** Ends the picture; what is printed next follows it. */
  end(): void;
}

export interface ProgressOptions {
  readonly story: Story;
  readonly output: Output;
  readonly env: HostProcess['env'];
  readonly now: () => number;
  /** What waits for somebody. */
  readonly paused: () => LiveState['paused'];
}

const frameMs = 200;

export function createProgress(options: ProgressOptions): Progress {
  return canRedraw(options.output, options.env) ? createView(options) : createLines(options);
}

function createLines({ story, output }: ProgressOptions): Progress {
  const told = new Set<string>();
  return {
    watcher: {
      stepBegan: (step, index) => print(output, [stepBeganLine(step.name, index, story.steps.length)]),
      stepEnded: (result) => print(output, stepEndedLines(result)),
      loadOf: () => undefined,
    },
    onChange: (run, job) => {
      if (job === undefined || job.status !== 'completed' || job.conclusion === 'skipped') return;
      const key = `${job.id} ${job.attempt}`;
      if (told.has(key)) return;
      told.add(key);
      print(output, jobEndedLines(run, job));
    },
    end: () => undefined,
  };
}

function createView({ story, output, env, now, paused }: ProgressOptions): Progress {
  const steps = story.steps.map((step) => ({
    name: step.name,
    beganAt: null as number | null,
    result: null as StepResult | null,
  }));
  let runs: RunState[] = [];
  let load: () => StoryResult['load'] = () => null;
  const picture = createPicture(output);
  const paint = paintFor(output, env);
  let drawn = false;
  const draw = (): void => {
    const state: LiveState = {
      story: story.story,
      steps,
      runs,
      load: load(),
      now: now(),
      paused: paused() ?? [],
    };
    // The last column stays free: a terminal is about to wrap when it is written to.
    const width = Math.max(20, (output.columns ?? 80) - 1);
    picture.draw(renderLive(state, { width, height: Math.max(5, (output.rows ?? 24) - 1), paint }));
    drawn = true;
  };
  const timer = setInterval(draw, frameMs);
  return {
    watcher: {
      stepBegan: (_, index) => {
        runs = [];
        const step = steps[index];
        if (step !== undefined) step.beganAt = now();
      },
      stepEnded: (result, index) => {
        const step = steps[index];
        if (step !== undefined) step.result = result;
        draw();
      },
      loadOf: (report) => {
        load = report;
      },
    },
    onChange: (run) => {
      if (!runs.includes(run)) runs.push(run);
    },
    end: () => {
      clearInterval(timer);
      if (drawn) draw();
      picture.end();
    },
  };
}
