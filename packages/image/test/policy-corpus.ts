// Images as people build them, with what a policy must find in each: our own writing, after the shapes of public ones.
import type { LayerEntry } from '../src/layer-entry.js';
import type { PolicyClass } from '../src/policy-classes.js';
import type { JudgedConfig } from '../src/policy-config.js';
import { entries, entry, whiteout } from './layer-entries.js';

export interface CorpusImage {
  readonly name: string;
  readonly base: readonly (readonly LayerEntry[])[];
  readonly own: readonly (readonly LayerEntry[])[];
  readonly createdBy?: readonly string[];
  readonly config?: Partial<JudgedConfig>;
  readonly heads?: Readonly<Record<string, string>>;
  /** `class path`, `hidden` and `base` behind it where they hold. */
  readonly finds: readonly `${PolicyClass} ${string}`[];
}

const program = (path: string, mode = 0o755): LayerEntry => entry(path, { mode });
const folder = (path: string, mode: number): LayerEntry => entry(path, { kind: 'directory', mode });
const link = (path: string, linkTarget: string): LayerEntry =>
  entry(path, { kind: 'symlink', mode: 0o777, linkTarget });
const many = (count: number, path: (index: number) => string): readonly LayerEntry[] =>
  Array.from({ length: count }, (_, index) => entry(path(index)));

const alpine: readonly LayerEntry[] = [
  program('bin/busybox'),
  ...['bin/sh', 'bin/ar', 'usr/bin/nc', 'usr/bin/vi', 'usr/bin/make'].map((path) =>
    link(path, '/bin/busybox'),
  ),
  program('sbin/apk'),
  program('usr/bin/getconf'),
  ...entries('etc/apk/keys/alpine.rsa.pub', 'lib/apk/db/installed', 'etc/ssl/certs/ca-certificates.crt'),
  ...entries('var/cache/apk/', 'etc/ssl/cert.pem', 'etc/passwd', 'usr/share/apk/keys/aarch64/a.rsa.pub'),
  folder('tmp', 0o1777),
  folder('var/tmp', 0o1777),
];

const debian: readonly LayerEntry[] = [
  ...['bin/bash', 'usr/bin/apt-get', 'usr/bin/perl', 'usr/bin/dpkg', 'usr/bin/ldd'].map((path) =>
    program(path),
  ),
  ...['bin/su', 'bin/mount', 'usr/bin/passwd', 'usr/bin/chsh'].map((path) => program(path, 0o4755)),
  program('usr/bin/chage', 0o2755),
  folder('var/mail', 0o2775),
  folder('tmp', 0o1777),
  folder('run/lock', 0o1777),
  ...entries('var/cache/apt/archives/partial/', 'var/lib/apt/lists/', 'var/cache/debconf/config.dat'),
  entry('var/lib/apt/lists/lock', { size: 0 }),
  ...entries(
    'usr/lib/x86_64-linux-gnu/libgcc_s.so.1',
    'usr/share/perl5/core.h',
    'usr/share/doc/gcc-12-base/copyright',
  ),
];

const nodeSlim: readonly LayerEntry[] = [
  program('usr/local/bin/node'),
  link('usr/local/bin/npm', '../lib/node_modules/npm/bin/npm-cli.js'),
  ...entries(
    'usr/local/include/node/node.h',
    'usr/local/lib/node_modules/npm/Makefile',
    'usr/local/README.md',
  ),
  ...entries(
    'usr/local/lib/node_modules/npm/node_modules/node-gyp/gyp/gyp_main.py',
    'opt/yarn-v1.22.22/bin/yarn.js',
  ),
  ...entries('usr/local/lib/node_modules/npm/.npmrc', 'usr/local/share/doc/node/gdbinit'),
];

const nodeApp: readonly LayerEntry[] = [
  ...entries('app/package.json', 'app/package-lock.json', 'app/dist/index.js', 'app/dist/index.js.map'),
  ...entries('app/node_modules/express/index.js', 'app/node_modules/express/tsconfig.json'),
  ...entries(
    'app/node_modules/a/src/a.ts',
    'app/node_modules/a/.eslintrc',
    'app/node_modules/a/test/key.pem',
  ),
  ...entries('app/node_modules/a/.github/FUNDING.yml', 'app/node_modules/a/index.d.ts', 'app/types.d.ts'),
  ...entries('app/node_modules/a/.env', 'app/node_modules/a/Makefile', 'app/.env.example'),
];

const key = `-----BEGIN PRIVATE KEY-----\n${'MIIEvQIBADANBgkqhkiG9w0BAQ'.repeat(4)}\n`;

export const corpus: readonly CorpusImage[] = [
  // What should give nothing.
  {
    name: 'a distroless image with one program',
    base: [
      [
        ...entries(
          'etc/os-release',
          'etc/ssl/certs/ca-certificates.crt',
          'usr/share/zoneinfo/UTC',
          'home/nonroot/',
        ),
        folder('tmp', 0o1777),
      ],
    ],
    own: [[program('app/server')]],
    config: { user: '65532:65532' },
    finds: [],
  },
  {
    name: 'a node application on the slim image',
    base: [debian, nodeSlim],
    own: [nodeApp],
    config: { user: 'node' },
    finds: [],
  },
  {
    name: 'alpine with a program and a user',
    base: [alpine],
    own: [[program('usr/local/bin/shop')]],
    config: { user: '1000' },
    finds: [],
  },
  { name: 'an image from scratch', base: [], own: [[program('shop')]], finds: [] },
  {
    name: 'python on the slim image',
    base: [
      debian,
      [
        program('usr/local/bin/python3'),
        program('usr/local/bin/pip'),
        ...entries('usr/local/include/python3.12/Python.h'),
      ],
    ],
    own: [
      entries(
        'opt/venv/lib/python3.12/site-packages/flask/app.py',
        'opt/venv/lib/python3.12/site-packages/certifi/cacert.pem',
      ),
      entries('app/main.py', 'app/requirements.txt', 'opt/venv/lib/python3.12/site-packages/numpy/core.h'),
    ],
    createdBy: [
      '',
      '',
      'ENV GPG_KEY=7169605F62C751356D054A26A821E680E5FA6305',
      'RUN /bin/sh -c pip install -r requirements.txt',
    ],
    config: { env: ['GPG_KEY=7169605F62C751356D054A26A821E680E5FA6305', 'PATH=/usr/local/bin'] },
    finds: [],
  },
  {
    name: 'nginx with static pages',
    base: [debian],
    own: [
      entries(
        'usr/sbin/nginx',
        'etc/nginx/nginx.conf',
        'usr/share/nginx/html/index.html',
        'usr/share/nginx/html/app.ts',
      ),
    ],
    createdBy: [
      '',
      'RUN /bin/sh -c set -x && NGINX_GPGKEY=573BFD6B3D8FBC641079A6ABABF5BD827BD9BF62; apt-get update',
    ],
    finds: [],
  },
  {
    name: 'a java application',
    base: [[...entries('opt/java/openjdk/lib/src.zip'), program('opt/java/openjdk/bin/java')]],
    own: [entries('app/app.jar', 'app/lib/a.jar')],
    finds: [],
  },
  {
    name: 'settings that name secrets and hold none',
    base: [],
    own: [[entry('app/server')]],
    createdBy: [
      'RUN |2 VERSION=1.2.3 TOKEN_FILE=/run/secrets/npm /bin/sh -c TOKEN="$(cat /run/secrets/npm)" npm ci',
    ],
    config: {
      env: [
        'AUTH_URL=https://login.example.org',
        'DB_PASSWORD=/run/secrets/db',
        'TOKEN_TTL=36000000',
        'API_KEY=changeme',
        'SECRET=',
      ],
    },
    finds: [],
  },
  {
    name: 'files that look like credentials and hold none',
    base: [],
    own: [
      entries(
        'root/.npmrc',
        'root/.docker/config.json',
        'app/.env',
        'etc/ssl/server.pem',
        'root/.kube/config',
        'app/.env.sample',
      ),
    ],
    heads: {
      'root/.npmrc': 'registry=https://registry.npmjs.org/\n//a/:_authToken=$NPM_TOKEN\n',
      'root/.docker/config.json': '{"auths":{"ghcr.io":{}},"credsStore":"desktop"}',
      'app/.env': 'PORT=3000\nSECRET_KEY=your-secret-here\n',
      'etc/ssl/server.pem':
        '-----BEGIN CERTIFICATE-----\nMIID\n-----BEGIN PRIVATE KEY-----\n(put the key here)\n',
      'root/.kube/config': 'apiVersion: v1\nclusters: []\nusers: []\n',
    },
    finds: [],
  },
  // What should be found.
  {
    name: 'no USER',
    base: [alpine],
    own: [[entry('app/run')]],
    config: { user: '' },
    finds: ['root-user user'],
  },
  ...['root', '0', '0:0', 'root:root', '00', 'root:1000', ' 0 '].map(
    (user): CorpusImage => ({
      name: `USER ${user}`,
      base: [],
      own: [[entry('app/run')]],
      config: { user },
      finds: ['root-user user'],
    }),
  ),
  {
    name: 'a compiler left in the last stage',
    base: [debian],
    own: [
      [
        program('usr/bin/x86_64-linux-gnu-gcc-12'),
        link('usr/bin/gcc', 'x86_64-linux-gnu-gcc-12'),
        program('usr/bin/make'),
        program('usr/lib/gcc/x86_64-linux-gnu/12/cc1'),
      ],
    ],
    finds: ['build-tools usr/bin', 'build-tools usr/lib/gcc/x86_64-linux-gnu/12/cc1'],
  },
  {
    name: 'the go tool chain as a base',
    base: [[program('usr/local/go/bin/go'), ...entries('usr/local/go/src/fmt/print.go')]],
    own: [[program('app/run')]],
    finds: ['build-tools usr/local/go/bin/go base'],
  },
  {
    name: 'rust and maven',
    base: [],
    own: [[program('usr/local/cargo/bin/rustc'), program('usr/share/maven/bin/mvn')]],
    finds: ['build-tools usr/local/cargo/bin/rustc', 'build-tools usr/share/maven/bin/mvn'],
  },
  {
    name: 'P5: the last stage installs with recommended packages, USER commented out',
    base: [debian],
    own: [
      [
        ...['usr/bin/vim.basic', 'usr/bin/pip', 'usr/bin/aws'].map((path) => program(path)),
        ...['usr/bin/g++-6', 'usr/bin/ld.bfd', 'usr/bin/dpkg-buildpackage'].map((path) => program(path)),
        ...many(40, (index) => `var/lib/apt/lists/deb.example_dists_${index}_Packages`),
        ...entries('var/cache/apt/pkgcache.bin'),
      ],
      [program('usr/sbin/grafana-server')],
    ],
    config: { user: '' },
    finds: [
      'root-user user',
      'build-tools usr/bin',
      'package-caches var/lib/apt/lists',
      'package-caches var/cache/apt',
    ],
  },
  {
    name: 'P6: the whole source of an interpreted application, a placeholder in RUN',
    base: [debian],
    own: [
      [
        ...entries('opt/mastodon/app/models/user.rb', 'opt/mastodon/config.ru', 'opt/mastodon/Gemfile'),
        ...entries(
          'opt/mastodon/Dockerfile',
          'opt/mastodon/.rubocop.yml',
          'opt/mastodon/spec/models/user_spec.rb',
        ),
        ...entries('opt/mastodon/app/javascript/main.tsx', 'opt/mastodon/.github/workflows/test.yml'),
      ],
      entries('opt/mastodon/public/packs/main.js'),
    ],
    createdBy: [
      '',
      'COPY . /opt/mastodon',
      'RUN OTP_SECRET=precompile_placeholder SECRET_KEY_BASE=precompile_placeholder rails assets:precompile',
    ],
    finds: ['sources opt/mastodon'],
  },
  {
    name: 'P9: a base that copies by ONBUILD',
    base: [[...entries('usr/local/go/src/fmt/print.go')]],
    own: [[...entries('go/src/app/main.go', 'go/src/app/Dockerfile'), program('go/bin/app')]],
    config: { baseTriggers: ['COPY . /go/src/app', 'RUN go-wrapper download', 'RUN go-wrapper install'] },
    finds: ['sources onbuild', 'sources go/src/app'],
  },
  {
    name: 'a cache deleted in a later layer',
    base: [],
    own: [many(3000, (index) => `root/.npm/_cacache/content-v2/sha512/${index}`), [whiteout('root/.npm')]],
    finds: ['package-caches root/.npm/_cacache hidden'],
  },
  {
    name: 'caches of languages',
    base: [],
    own: [
      entries(
        'root/.cache/pip/http/a',
        'root/.m2/repository/a.jar',
        'usr/local/bundle/cache/a.gem',
        'go/pkg/mod/cache/download/a.zip',
      ),
    ],
    finds: [
      'package-caches root/.cache/pip',
      'package-caches root/.m2/repository',
      'package-caches usr/local/bundle/cache/a.gem',
      'package-caches go/pkg/mod/cache',
    ],
  },
  {
    name: 'a git folder',
    base: [],
    own: [
      [...many(200, (index) => `usr/src/app/.git/objects/${index}`), ...entries('usr/src/app/.git/config')],
    ],
    finds: ['vcs usr/src/app/.git'],
  },
  {
    name: 'other version control',
    base: [],
    own: [entries('app/.svn/entries', 'srv/CVS/Root', 'opt/x/.hg/store/a')],
    finds: ['vcs app/.svn', 'vcs srv/CVS', 'vcs opt/x/.hg'],
  },
  {
    name: '.git/config with the header of a checkout',
    base: [],
    own: [entries('app/.git/config')],
    heads: { 'app/.git/config': `[http]\n\textraheader = AUTHORIZATION: basic ${'eC1hY2Nlc3M'.repeat(3)}\n` },
    finds: ['vcs app/.git', 'secrets app/.git/config'],
  },
  {
    name: 'files of credentials by name',
    base: [],
    own: [
      entries(
        'root/.ssh/id_rsa',
        'root/.ssh/id_rsa.pub',
        'home/shop/.netrc',
        'app/.env',
        'root/.aws/credentials',
        'opt/store.p12',
      ),
    ],
    finds: [
      'secrets root/.ssh/id_rsa',
      'secrets home/shop/.netrc',
      'secrets app/.env',
      'secrets root/.aws/credentials',
      'secrets opt/store.p12',
    ],
  },
  {
    name: 'files of credentials by content (S4)',
    base: [],
    own: [
      entries(
        'a/.npmrc',
        'b/.netrc',
        'c/.env',
        'd/tls.key',
        'e/.kube/config',
        'f/.docker/config.json',
        'g/.pgpass',
        'i/id_ed25519',
      ),
    ],
    heads: {
      'a/.npmrc': '//registry.npmjs.org/:_authToken=npm_0123456789abcdef\n',
      'b/.netrc': 'machine github.com\nlogin shop\npassword ghp0123456789\n',
      'c/.env': 'PORT=3000\nSTRIPE_SECRET="sk_live_0123456789"\n',
      'd/tls.key': key,
      'e/.kube/config': 'users:\n- user:\n    client-key-data: LS0tLS1CRUdJTiBSU0EgUFJJ\n',
      'f/.docker/config.json': '{"auths":{"ghcr.io":{"auth":"c2hvcDpnaHAwMTIz"}}}',
      'g/.pgpass': 'db:5432:shop:shop:hunter2hunter\n',
      'i/id_ed25519': key.replace('PRIVATE', 'OPENSSH PRIVATE'),
    },
    finds: [
      'secrets a/.npmrc',
      'secrets b/.netrc',
      'secrets c/.env',
      'secrets d/tls.key',
      'secrets e/.kube/config',
      'secrets f/.docker/config.json',
      'secrets g/.pgpass',
      'secrets i/id_ed25519',
    ],
  },
  {
    name: 'a credential that a later layer deletes',
    base: [],
    own: [entries('root/.git-credentials'), [whiteout('root/.git-credentials')]],
    finds: ['secrets root/.git-credentials hidden'],
  },
  {
    name: 'a credential that a later layer replaces',
    base: [],
    own: [entries('root/.netrc'), [entry('root', { kind: 'symlink', linkTarget: '/x' })]],
    finds: ['secrets root/.netrc hidden'],
  },
  {
    name: 'a credential in the base',
    base: [entries('root/.netrc')],
    own: [],
    finds: ['secrets root/.netrc base'],
  },
  {
    name: 'values in environment and history',
    base: [],
    own: [[entry('app/run')]],
    createdBy: ['RUN |1 NPM_TOKEN=npm_0123456789abcdef /bin/sh -c npm ci'],
    config: { env: ['STRIPE_SECRET=sk_live_0123456789', 'PORT=3000'] },
    finds: ['secrets env:STRIPE_SECRET', 'secrets history:NPM_TOKEN'],
  },
  {
    name: 'debuggers, symbols and dumps',
    base: [],
    own: [
      [
        program('usr/bin/strace'),
        ...entries('usr/lib/debug/.build-id/aa/b.debug', 'app/core.4711', 'app/heap.hprof'),
      ],
    ],
    finds: [
      'debug usr/bin/strace',
      'debug usr/lib/debug/.build-id/aa/b.debug',
      'debug app/core.4711',
      'debug app/heap.hprof',
    ],
  },
  {
    name: 'a set-uid program that the image adds',
    base: [debian],
    own: [
      [program('usr/bin/sudo', 0o4755), program('usr/bin/passwd', 0o4755), program('usr/bin/at', 0o2755)],
    ],
    finds: ['set-uid usr/bin/sudo', 'set-uid usr/bin/at'],
  },
  {
    name: 'a set-uid program, later deleted',
    base: [],
    own: [[program('bin/x', 0o6755)], [whiteout('bin/x')]],
    finds: ['set-uid bin/x hidden'],
  },
  {
    name: 'rights for everybody',
    base: [alpine],
    own: [
      [
        folder('app/data', 0o777),
        folder('scratch', 0o1777),
        entry('app/run.sh', { mode: 0o666 }),
        link('app/current', 'x'),
      ],
    ],
    finds: ['world-writable app'],
  },
  {
    name: 'sources of a compiled program',
    base: [],
    own: [[...many(50, (index) => `src/internal/f${index}.go`), ...entries('src/vendor/a/b.go')]],
    finds: ['sources src/internal'],
  },
  {
    name: 'everything at once under one folder',
    base: [],
    own: [
      [
        ...entries('app/main.rs', 'app/.git/HEAD', 'app/.env', 'app/.cargo/registry/a.crate'),
        folder('app/tmp', 0o777),
      ],
    ],
    config: { user: '' },
    finds: [
      'root-user user',
      'sources app/main.rs',
      'vcs app/.git',
      'secrets app/.env',
      'package-caches app/.cargo/registry',
      'world-writable app/tmp',
    ],
  },
];
