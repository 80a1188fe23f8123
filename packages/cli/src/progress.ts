// Shows a story while it is played: a living picture on a terminal, plain lines elsewhere.
import type { JobState, RunState } from '@headgate/rehearsal/model';
import type { StoryWatcher } from '@headgate/rehearsal/story/play-story';
import type { StepResult, StoryResult } from '@headgate/rehearsal/story/result';
import type { Story } from '@headgate/rehearsal/story/story-schema';
import { type LiveState, renderLive } from '@headgate/rehearsal/view/live';
import { ansiPaint } from '@headgate/rehearsal/view/marks';
import { jobEndedLines, stepBeganLine, stepEndedLines } from '@headgate/rehearsal/view/plain';
import { type Output, print } from './host-process.js';

export interface Progress {
  readonly watcher: StoryWatcher;
  readonly onChange: (run: RunState, job?: JobState) => void;
  /** Ends the picture; what is printed next follows it. */
  end(): void;
}

export interface ProgressOptions {
  readonly story: Story;
  readonly output: Output;
  readonly now: () => number;
}

const frameMs = 200;

export function createProgress(options: ProgressOptions): Progress {
  return options.output.isTTY === true ? createPicture(options) : createLines(options);
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

function createPicture({ story, output, now }: ProgressOptions): Progress {
  const steps = story.steps.map((step) => ({
    name: step.name,
    beganAt: null as number | null,
    result: null as StepResult | null,
  }));
  let runs: RunState[] = [];
  let load: () => StoryResult['load'] = () => null;
  let height = 0;
  const draw = (): void => {
    const state: LiveState = { story: story.story, steps, runs, load: load(), now: now() };
    const screen = {
      width: output.columns ?? 80,
      height: Math.max(5, (output.rows ?? 24) - 1),
      paint: ansiPaint,
    };
    const lines = renderLive(state, screen);
    // Up to the first line of the last frame, each line replaced, what is left below removed.
    const up = height === 0 ? '' : `\u001b[${height}A`;
    output.write(`${up}${lines.map((line) => `\u001b[2K${line}\n`).join('')}\u001b[J`);
    height = lines.length;
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
      if (height > 0) draw();
    },
  };
}
