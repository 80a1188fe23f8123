// What --help prints.

const general = `headgate: rehearse and check deliveries on one machine

  headgate rehearse [DIR]    play what happens to a commit: real workflows, images, registry, proxy, load
  headgate check [DIR]       validate headgate.yml and show which stages each event runs
  headgate help COMMAND      the options of a command
  headgate --version

Exit codes: 0 as expected, 1 not as expected or not valid, 2 cannot be used as given,
            3 something on this machine is missing, 130 interrupted.`;

const rehearse = `headgate rehearse [DIR] [options]

Runs the workflows of the application in DIR (default: this folder) on this machine, against a stand-in for GitHub,
a registry and a proxy on loopback, and the Docker engine of DOCKER_HOST. The repository's own steps run here, with
your rights: it asks before it begins.

  --story NAME|FILE   a story from DIR/stories, or a file; without it DIR's state is pushed to develop
  --json FILE         write the result as JSON
  --html FILE         write the result as a page for a browser, in one file
  --var NAME=VALUE    a repository variable; may be given several times
  --actions DIR       third-party actions, as DIR/owner/name
  --keep              keep the folder with logs and repositories, and say where it is
  --yes               do not ask

Your ~/.npmrc is offered to builds as the secret NPMRC, the folder of NODE_EXTRA_CA_CERTS as the variable CERTIFICATES.`;

const check = `headgate check [DIR] [options]

Validates DIR/headgate.yml (default: this folder), with line and column of every problem, and prints which stages
each event runs.

  --json FILE         write problems and routes as JSON`;

/** The help of one command, or the general one. */
export function helpText(about: string | null): string {
  if (about === 'rehearse') return rehearse;
  return about === 'check' ? check : general;
}
