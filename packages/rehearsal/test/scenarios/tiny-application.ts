// The smallest application that goes through every stage: one image with a gate, and on demand one target.
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';

export const baseImage = process.env['HEADGATE_NODE_IMAGE'] ?? 'local/node:24-slim';

/** A RUN instruction that runs a script on Node. */
export const runScript = (script: string, mounts = ''): string =>
  `RUN ${mounts}${JSON.stringify(['node', '-e', script])}`;

export interface DockerfileParts {
  /** Instructions of the stage that is the gate. */
  readonly test?: readonly string[];
  /** Instructions of the stage whose file ships. */
  readonly build?: readonly string[];
  /** Instructions of the stage that ships; by default it holds files alone and cannot run. */
  readonly runtime?: readonly string[];
}

export function dockerfile(parts: DockerfileParts = {}): string {
  const {
    test = [runScript("require('node:fs').accessSync('/app.txt')")],
    build = [],
    runtime = ['FROM scratch AS runtime', 'USER 1000', 'COPY --from=base /app.txt /app.txt'],
  } = parts;
  return [
    `FROM ${baseImage} AS base`,
    'COPY app.txt /app.txt',
    'FROM base AS test',
    ...test,
    'FROM base AS build',
    ...build,
    ...runtime,
    ...(build.length === 0 ? [] : ['COPY --from=build /app.txt /built.txt']),
    '',
  ].join('\n');
}

/** A service on port 3000 that is healthy at once. */
export const service: readonly string[] = [
  'FROM base AS runtime',
  `CMD ${JSON.stringify([
    'node',
    '-e',
    "process.once('SIGTERM', () => process.exit(0)); require('node:http').createServer((_, answer) => answer.end('ok')).listen(3000)",
  ])}`,
];

export interface ConfigurationParts {
  readonly application: string;
  /** YAML below `images.app`, indented by four blanks. */
  readonly image?: readonly string[];
  /** True: the development branch is deployed to `integration`. */
  readonly deploys?: boolean;
}

export function configuration({ application, image = [], deploys = false }: ConfigurationParts): string {
  return [
    `application: ${application}`,
    'registry:',
    '  host: { var: REGISTRY }',
    '  username: { var: REGISTRY_USERNAME }',
    'images:',
    '  app:',
    '    target: runtime',
    '    test-targets: [test]',
    ...image,
    ...(deploys ? environment : []),
    '',
  ].join('\n');
}

const environment = [
  'environments:',
  '  integration:',
  '    branch: development',
  '    targets:',
  '      web:',
  '        compose: compose.yaml',
  '        service: web',
  '        image: app',
  '        port: 3000',
  '        engine: { var: ENGINE }',
  '        proxy: { socket: { var: PROXY_SOCKET }, backend: web }',
  '        health: { path: /, interval: 100ms, deadline: 20s }',
  '        drain: 1s',
  '        settle: 200ms',
];

/** The caller as the guide shows it, on every branch; `ref` names the installed Headgate. */
export function delivery(ref = 'v1', further: readonly string[] = []): string {
  return [
    'name: delivery',
    'on:',
    '  push: {branches: ["**"]}',
    '  pull_request: {branches: [develop, master]}',
    '  workflow_dispatch:',
    'permissions: {}',
    'jobs:',
    '  flow:',
    '    permissions: {actions: write, contents: write, deployments: write, issues: write, packages: write, pull-requests: write}',
    `    uses: headgate/headgate/.github/workflows/git-flow.yml@${ref}`,
    '    secrets:',
    `      BUILD_SECRETS: \${{ secrets.BUILD_SECRETS }}`,
    `      DEPLOY_SECRETS: \${{ secrets.DEPLOY_SECRETS }}`,
    `      NOTIFY_SECRETS: \${{ secrets.NOTIFY_SECRETS }}`,
    `      FLOW_SECRETS: \${{ secrets.FLOW_SECRETS }}`,
    ...further,
    '',
  ].join('\n');
}

/** Path → text of the whole application. */
export function tinyApplication(parts: ConfigurationParts): Readonly<Record<string, string>> {
  return {
    // Different every time: a builder's cache would leave out what RUN instructions print and do.
    'app.txt': randomUUID(),
    Dockerfile: dockerfile(parts.deploys === true ? { runtime: service } : {}),
    'headgate.yml': configuration(parts),
    [join('.github', 'workflows', 'delivery.yml')]: delivery(),
    ...(parts.deploys === true ? { 'compose.yaml': 'services:\n  web:\n    image: app\n' } : {}),
  };
}
