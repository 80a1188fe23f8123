// The tiny application on its way to production: staging shows it, infrastructure is planned, people approve.
import { dockerfile, service } from './tiny-application.js';

export interface ReleaseParts {
  /** Lines below `environments.production`, indented by four blanks. */
  readonly production?: readonly string[];
  /** Lines of `infrastructure.main` everywhere, indented by eight blanks. */
  readonly infrastructure?: readonly string[];
  /** True: develop is deployed too. */
  readonly integration?: boolean;
  /** Lines at the end of headgate.yml. */
  readonly further?: readonly string[];
}

/** Engineering and operations, one person of each; the interval is for tests. */
export const twoGroups: readonly string[] = [
  '    approval:',
  '      groups:',
  '        engineering: { members: [ada, mona], quorum: 1 }',
  '        operations: { members: [linus], quorum: 1 }',
  '      interval: 1s',
];

const target = (environment: string, infrastructure: readonly string[] = []): readonly string[] => [
  '    infrastructure:',
  '      main:',
  '        directory: infrastructure',
  `        workspace: ${environment}`,
  '        backend-config: { workspace_dir: { var: TERRAFORM_STATES } }',
  ...infrastructure,
  '    targets:',
  '      web:',
  '        compose: compose.yaml',
  '        service: web',
  '        image: app',
  '        port: 3000',
  '        engine: { var: ENGINE }',
  `        proxy: { socket: { var: PROXY_SOCKET }, backend: web-${environment} }`,
  '        health: { path: /, interval: 100ms, deadline: 20s }',
  '        drain: 1s',
  '        settle: 200ms',
];

export function releaseConfiguration(application: string, parts: ReleaseParts = {}): string {
  return [
    `application: ${application}`,
    'registry:',
    '  host: { var: REGISTRY }',
    '  username: { var: REGISTRY_USERNAME }',
    'images:',
    '  app:',
    '    target: runtime',
    '    test-targets: [test]',
    'environments:',
    ...(parts.integration === true
      ? ['  integration:', '    branch: development', ...target('integration', parts.infrastructure)]
      : []),
    '  staging:',
    '    branch: release',
    ...target('staging', parts.infrastructure),
    '  production:',
    '    branch: production',
    ...target('production', parts.infrastructure),
    ...(parts.production ?? twoGroups),
    ...(parts.further ?? []),
    '',
  ].join('\n');
}

/** Writes down each apply, so that a test can count them. */
const infrastructure = `terraform {
  backend "local" {}
}
variable "size" {
  type    = string
  default = "small"
}
resource "terraform_data" "place" {
  input = "one"
}
`;

/** Path → text, over the tiny application's. */
export const releaseFiles =
  (parts: ReleaseParts = {}) =>
  (application: string): Readonly<Record<string, string>> => ({
    Dockerfile: dockerfile({ runtime: service }),
    'headgate.yml': releaseConfiguration(application, parts),
    'compose.yaml': 'services:\n  web:\n    image: app\n',
    'infrastructure/main.tf': infrastructure,
  });
