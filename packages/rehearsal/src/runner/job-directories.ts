// The folders of one job, removed when it ends.
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

export interface JobDirectories {
  readonly root: string;
  readonly workspace: string;
  readonly temporary: string;
  readonly fileCommands: string;
  readonly toolCache: string;
  /** Actions by commit, shared by all jobs of an engine. */
  readonly actions: string;
  readonly eventFile: string;
  readonly logFile: string;
}

export interface DirectoryOptions {
  readonly workDirectory: string;
  readonly jobId: number;
  /** `owner/name`; its name is the workspace's folder, as on GitHub. */
  readonly repository: string;
  readonly event: unknown;
}

/** Creates them and writes the event's payload. */
export async function createJobDirectories(options: DirectoryOptions): Promise<JobDirectories> {
  const root = join(options.workDirectory, 'jobs', String(options.jobId));
  const name = options.repository.split('/').pop() ?? 'repository';
  const temporary = join(root, '_temp');
  const directories: JobDirectories = {
    root,
    workspace: join(root, name, name),
    temporary,
    fileCommands: join(temporary, '_runner_file_commands'),
    toolCache: join(options.workDirectory, 'tools'),
    actions: join(options.workDirectory, 'actions'),
    eventFile: join(temporary, '_github_workflow', 'event.json'),
    logFile: join(root, 'job.log'),
  };
  await Promise.all([
    mkdir(directories.workspace, { recursive: true }),
    mkdir(directories.fileCommands, { recursive: true }),
    mkdir(directories.toolCache, { recursive: true }),
    mkdir(join(temporary, '_github_workflow'), { recursive: true }),
  ]);
  await writeFile(directories.eventFile, JSON.stringify(options.event, null, 2));
  return directories;
}

/** Removes everything of the job. */
export async function removeJobDirectories({ root }: JobDirectories): Promise<void> {
  await rm(root, { recursive: true, force: true, maxRetries: 3 });
}
