// What --help prints.

const general = `headgate: set up, check and rehearse deliveries on one machine

  headgate init [DIR]        look at a repository and write its headgate.yml and delivery.yml
  headgate check [DIR]       validate headgate.yml and show which stages each event runs; --github: the settings there
  headgate rehearse [DIR]    play what happens to a commit: real workflows, images, registry, proxy, load
  headgate retry [JOB]       try the failed step of a paused rehearsal again
  headgate stages FILE       show what each stage of a Dockerfile needs, and what its target leaves out
  headgate inspect IMAGE     sizes of an image by layer and instruction, and the bytes it ships in vain
  headgate verify IMAGE      whether an image carries a signature by a key
  headgate proxy [DIR]       the part of HAProxy's configuration that deployments to its host need
  headgate open-seal FILE    open a sealed file with its key, such as a state that could not be written
  headgate help COMMAND      the options of a command
  headgate --version

Exit codes: 0 as expected, 1 not as expected or not valid, 2 cannot be used as given,
            3 something on this machine is missing, 130 interrupted.`;

const init = `headgate init [DIR] [options]

Looks at the repository in DIR (default: this folder): Dockerfiles, compose file, Packer templates, Terraform or OpenTofu
configurations, branches, the remote on GitHub. Writes DIR/headgate.yml and DIR/.github/workflows/delivery.yml, which pass
\`headgate check\`, and says what it found, what it wrote for it and why. On a terminal it asks what it cannot see; elsewhere
that is left out and said. Nothing is built, started or sent.

  --dry-run                print the files instead of writing them
  --force                  replace files that are there already
  --approvers LOGIN,LOGIN  who approves what goes to production
  --port SERVICE=PORT      where a service of the compose file listens; may be given several times
  --production BRANCH      the branch that runs in production, if it cannot be seen
  --development BRANCH     the branch that features are merged into
  --yes                    do not ask`;

const rehearse = `headgate rehearse [DIR] [options]

Runs the workflows of the application in DIR (default: this folder) on this machine, against a stand-in for GitHub,
a registry and a proxy on loopback, and the Docker engine of DOCKER_HOST. The repository's own steps run here, with
your rights: it asks before it begins.

  --story NAME|FILE   a story from DIR/stories, or a file; without it DIR's state is pushed to develop;
                      several are played one after the other, with a line for each
  --jobs NUMBER       play so many of several stories at a time
  --json FILE         write the result as JSON
  --html FILE         write the result as a page for a browser, in one file
  --var NAME=VALUE    a repository variable; may be given several times
  --actions DIR       third-party actions, as DIR/owner/name
  --pause-on-failure  keep a failed job as it is, until its step is tried again or given up
  --from JOB          start at this job; what succeeded before it in the last rehearsal is taken over
  --keep              keep the folder with logs and repositories, and say where it is
  --yes               do not ask

Your ~/.npmrc is offered to builds as the secret NPMRC, the folder of NODE_EXTRA_CA_CERTS as the variable CERTIFICATES.`;

const retry = `headgate retry [JOB] [options]

Finds the rehearsal that is paused (headgate rehearse --pause-on-failure), takes over what was edited, and tries the
failed step again in the same job. When it passes, the job and its run go on to their end. What is read again: files of
the application and of Headgate that changed since the rehearsal began, the step itself in its workflow, the action.
JOB (a part of its name is enough) is needed where several jobs are paused.

  --give-up           let the step fail instead; the job ends as it would have
  --run DIR           the rehearsal's folder, where several are paused

Exit codes: 0 it passed or was given up, 1 it failed again, 2 nothing or too much is paused.`;

const check = `headgate check [DIR] [options]

Validates DIR/headgate.yml (default: this folder), with line and column of every problem, and prints which stages
each event runs.

  --github                 look at the settings on GitHub instead of the routes: rules of branches and tags, the required
                           check, environments, merging, CODEOWNERS, names of variables and secrets. Needs a token in
                           GITHUB_TOKEN or GH_TOKEN, and GITHUB_API_URL where it is not github.com; nothing is changed
  --repository OWNER/NAME  that repository; the one of origin unless said
  --json FILE              write problems, and routes or findings, as JSON`;

const inspect = `headgate inspect IMAGE|LAYOUT|ARCHIVE [options]

Reads an image and proves every byte of it against its digests: what each layer costs compressed and uncompressed, which
instruction made it, which files are the largest, what is shipped but hidden by a later layer or stored twice, and what
need not ship at all: build tools, package caches, sources, credentials, a root user.

  LAYOUT              a folder with an OCI image layout
  ARCHIVE             a .tar file: an OCI layout, or what \`docker save\` writes
  IMAGE               [host/]name[:tag][@sha256:…] of a registry, with the login of \`docker login\`;
                      docker-daemon:NAME is the image of the local engine

  --platform P        only this platform, such as linux/arm64
  --file DOCKERFILE   tell the line of each layer and finding, and what the base image brought
  --target STAGE      the stage of it that was built; the last one unless said
  --base IMAGE        the image it was built on, in any of the forms above
  --check             end with 1 when a finding is an error
  --json FILE         write the result as JSON`;

const verify = `headgate verify IMAGE --key FILE

Asks the registry of an image for its signatures, with the login of \`docker login\`, and verifies them as deployments with
verify-key do. IMAGE has a digest: [host/]name@sha256:…; a tag may name another image tomorrow.

  --key FILE          public keys as PEM: what openssl pkey -in signing.key -pubout prints

Exit codes: 0 one of the keys has signed it, 1 none has, 2 image or key cannot be used, or the registry refuses.`;

const openSeal = `headgate open-seal FILE --output FILE

Opens a sealed file from an artifact: a plan, or the state of an apply that its backend refused. The key is read from
HEADGATE_SEAL_KEY: seal-key of the environment's DEPLOY_SECRETS. Says what the file was sealed for; never writes over
a file.

  --output FILE       a new file, readable by you alone`;

const stages = `headgate stages [FILE] [options]

Shows the stages of a Dockerfile (default: Dockerfile; of a folder: the one in it) as a tree: what the target needs, from
which line, which images come from outside, and which stages it leaves out. Warns of what is allowed but seldom meant.
Nothing is built and no Docker is needed.

  --target STAGE           the stage to build; default: the last one
  --build-arg NAME=VALUE   a build argument; may be given several times. NAME alone takes the value of the environment
  --platform OS/ARCH       what is built for; default: Linux on this machine's processor
  --mermaid                print a flowchart for Markdown instead
  --json FILE              write stages, dependencies, images and warnings as JSON

Exit codes: 0 the graph is shown, 1 the Dockerfile is not valid, 2 the file, the target or an option cannot be used.`;

const proxy = `headgate proxy [DIR] [options]

Prints the section that HAProxy on a target's host includes, from DIR/headgate.yml (default: this folder): slots for old and
new instances, health checks, the runtime socket, careful retries, and a state file, so that a reload loses nothing. It is
written once; deployments then change slots at run time. How to install it beside a configuration that is there follows on
standard error. \`headgate proxy > shop.cfg\` is the file.

  --environment NAME       only this environment
  --listen BACKEND=ADDRESS a frontend for the backend, such as shop=:80; without it a frontend of yours leads there
  --ab BACKEND=header:NAME tell A and B apart by this header, or with cookie:NAME by a cookie; not needed where a
                           target's strategy is ab
  --state-directory DIR    on the host; /var/lib/headgate unless said
  --var NAME=VALUE         a repository variable that headgate.yml refers to; may be given several times
  --out DIR                write a file for each environment and host into DIR instead`;

const topics: Readonly<Record<string, string>> = {
  init,
  rehearse,
  retry,
  check,
  stages,
  inspect,
  verify,
  'open-seal': openSeal,
  proxy,
};

/** The help of one command, or the general one. */
export function helpText(about: string | null): string {
  return (about !== null && Object.hasOwn(topics, about) ? topics[about] : undefined) ?? general;
}
