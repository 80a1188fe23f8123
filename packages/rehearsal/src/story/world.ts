// What a story acts on and looks at: the double, the engine, the real parts.
import type { Clock } from '@headgate/kit/clock';
import type { Http } from '@headgate/kit/http';
import type { RaisedEvent, RunState } from '../model.js';
import type { RunningContainer } from '../parts/docker.js';
import type { LoadPlan } from '../parts/load.js';
import type { LoadGenerator } from '../parts/load-generator.js';
import type { Mail } from '../parts/mail.js';
import type { TrafficWatch } from '../parts/traffic-watch.js';
import type { Desk } from './desk.js';
import type { People } from './people.js';
import type { References } from './references.js';

/** The workflow engine, as far as a story needs it. */
export interface StoryEngine {
  /** Everything that was raised so far, in order. */
  readonly raised: readonly RaisedEvent[];
  /** All runs so far, oldest first. */
  runs(): readonly RunState[];
  /** Resolves when every event so far has started its runs, and every request to run again was carried out. */
  handled(): Promise<void>;
  /** Resolves when nothing runs any more. */
  idle(): Promise<void>;
  /** A schedule with this cron expression is due on the default branch's commit. */
  strike(cron: string, sha: string): void;
  /** The machine of a job in progress is gone. */
  loseRunner(jobId: number): void;
  /** Cancels what still runs, and waits for its end. */
  cancelAll(): Promise<void>;
  /** Milliseconds in which a failed step waited for somebody: they count for no deadline. */
  heldMs?(): number;
}

export interface StoryWorld {
  readonly engine: StoryEngine;
  readonly desk: Desk;
  readonly people: People;
  readonly http: Http;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Containers that run an image of headgate.yml. @throws for an image that is not declared */
  running(image: string): Promise<readonly RunningContainer[]>;
  /** The image's tags in the registry. */
  tags(image: string): Promise<readonly string[]>;
  /** The digest a tag of the image has in the registry; null when there is none. */
  digestOf(image: string, tag: string): Promise<string | null>;
  /** Where an environment's service answers, on each of its hosts or on one; the first is the environment's address. */
  urlsOf(environment: string, host: string | null): readonly string[];
  /** Zips of a run's artifacts whose name begins so, newest last. */
  artifacts(runId: number, prefix: string): readonly Uint8Array[];
  startLoad(plan: LoadPlan, firstAnswerMs: number): LoadGenerator;
  /** Tells when an instance of an environment leaves the traffic, and when it is gone; counts who answers. */
  watchTraffic(environment: string, onLeft: () => void): TrafficWatch;
  /** Branches and tags of the application's repository, and how they stand to one another. */
  readonly references: References;
  /** Mail that was sent so far, oldest first. */
  mails(): readonly Mail[];
  /** Requests, answers and events so far that differ from GitHub's own description. */
  violations(): readonly string[];
  /** Names of all images in headgate.yml. */
  readonly images: readonly string[];
  /** Names of the branches that headgate.yml calls so. */
  readonly branches: { readonly production: string; readonly development: string };
}
