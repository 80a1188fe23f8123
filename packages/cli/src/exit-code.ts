// What the exit code says; documented in --help.

export const exitCode = {
  /** Every expectation held; headgate.yml is valid, no error among the settings; the files were written; the graph is shown; the image is signed. */
  ok: 0,
  /** An expectation did not hold; headgate.yml is not valid; a setting is an error; the Dockerfile is not valid; the image is not signed. */
  failed: 1,
  /** The command line, the story, the target or the application cannot be used as given. */
  usage: 2,
  /** Something on this machine is missing or did not start. */
  machine: 3,
  /** Ended by SIGINT or SIGTERM. */
  interrupted: 130,
} as const;

export type ExitCode = (typeof exitCode)[keyof typeof exitCode];
