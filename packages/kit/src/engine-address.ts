// How a Docker engine and a proxy's socket are named: whoever reads headgate.yml and whoever deploys take the same.

/**
 * A socket's path, `unix://…` or `tcp://…`; also nothing. A host begins with no hyphen: nothing that reads it may take it
 * for an option.
 */
export const engineAddress = /^((unix:\/\/)?\/\S+|(tcp|http):\/\/[A-Za-z0-9[][^\s/]*\/?)?$/;

/** The same as a host by ssh sees it: ssh reads `:`, `%` and `$` in the argument of -L. */
export const remoteEngine =
  /^((unix:\/\/)?\/[A-Za-z0-9._/+@=,-]+|(tcp|http):\/\/[A-Za-z0-9][A-Za-z0-9.-]*(:\d{1,5})?\/?)?$/;

export const remoteSocket = /^\/[A-Za-z0-9._/+@=,-]+$/;
