// Where HAProxy and a deployment meet: the variable by which the proxy tells which file it reads a backend's slots from.

/** Set in the proxy's `global` section, asked with `show env`; its value is an absolute path on the host. */
export function stateVariable(backend: string): string {
  return `HEADGATE_STATE:${backend}`;
}
