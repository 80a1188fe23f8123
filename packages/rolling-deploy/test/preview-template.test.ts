// The template of a preview: what runs in which order, which images are replaced, and what unreviewed code may not ask for.
import { describe, expect, it } from '@jest/globals';
import { type PreviewService, type Replacement, readTemplate } from '../src/preview-template.js';

const web: readonly [string, Replacement] = ['web', { image: 'host/shop@sha256:1', port: 3000 }];

function read(text: string, services = [web]): Promise<readonly PreviewService[]> {
  return readTemplate({
    name: 'compose.yaml',
    text,
    vars: new Map([['PREVIEW', 'pr-7-shop']]),
    readFile: async () => null,
    project: 'pr-7-shop',
    services: new Map(services),
  });
}

const bound = (item: string): string => `services: {web: {image: a, volumes: [{${item}}]}}`;

describe('the template of a preview', () => {
  it('runs every service, chosen images replaced, under a project of its own', async () => {
    const services = await read(`
name: shop
services:
  web: {image: shop, container_name: shop, ports: ["80:80"], volumes: ["data:/data"]}
  store: {image: "postgres:16", environment: {NAME: "\${PREVIEW}"}}
volumes: {data: {}}
`);

    expect(services).toMatchObject([
      {
        image: 'host/shop@sha256:1',
        port: 3000,
        definition: {
          project: 'pr-7-shop',
          service: 'web',
          mounts: [{ type: 'volume', source: 'pr-7-shop_data' }],
        },
      },
      { image: 'postgres:16', port: null, definition: { environment: { NAME: 'pr-7-shop' } } },
    ]);
  });

  it('starts what others need first, and never again what they wait to end', async () => {
    const services = await read(`
services:
  web: {image: a, depends_on: {migrate: {condition: service_completed_successfully}}}
  migrate: {image: b, depends_on: [store]}
  store: {image: c}
`);

    expect(services.map(({ definition }) => definition.service)).toEqual(['store', 'migrate', 'web']);
    expect(services.map(({ endsByItself }) => endsByItself)).toEqual([false, true, false]);
    expect(services[1]?.definition.restart).toEqual({ name: 'no', maximumRetries: 0 });
  });

  it.each([
    ['a service it does not have', 'services: {api: {image: a}}', /service web was expected, it has api/],
    ['nothing to run', 'services: {web: {image: a}, api: {build: .}}', /services\.api has no image/],
    ['a need it does not have', 'services: {web: {image: a, depends_on: [db]}}', /web depends on db/],
    [
      'a circle',
      'services: {web: {image: a, depends_on: [b]}, b: {image: b, depends_on: [web]}}',
      /web, b wait for each other/,
    ],
    [
      'another condition',
      'services: {web: {image: a, depends_on: {b: {condition: ready}}}, b: {image: b}}',
      /has the condition ready/,
    ],
  ])('refuses %s', async (_, text, message) => {
    await expect(read(text)).rejects.toMatchObject({ code: 'invalid-compose', message });
  });

  it.each([
    ['a folder of the host', 'services: {web: {image: a, volumes: ["/etc:/etc"]}}'],
    ['a folder of the host by a variable', `services: {web: {image: a, volumes: ["\${X:-/}:/host"]}}`],
    ['a folder of the host in the long form', bound('type: bind, source: /etc, target: /etc')],
    ['a folder of the host by a variable in it', bound(`type: "\${X:-bind}", source: /, target: /host`)],
    ['a log that goes elsewhere', 'services: {web: {image: a, logging: {driver: syslog}}}'],
    ['a folder beside the file', 'services: {web: {image: a, volumes: ["./x:/x"]}}'],
    ['more rights', 'services: {web: {image: a, cap_add: [SYS_ADMIN]}}'],
    ['fewer bounds', 'services: {web: {image: a, security_opt: ["seccomp:unconfined"]}}'],
    ["somebody else's volume", 'services: {web: {image: a}}\nvolumes: {data: {external: true}}'],
    ['a volume by its name', 'services: {web: {image: a}}\nvolumes: {data: {name: production}}'],
    ['a bind in disguise', 'services: {web: {image: a}}\nvolumes: {data: {driver_opts: {device: /}}}'],
  ])('refuses %s as no matter for unreviewed code', async (_, text) => {
    await expect(read(text)).rejects.toMatchObject({
      code: 'preview-refused',
      message: expect.stringMatching(/^compose\.yaml:\d+:\d+: /),
    });
  });
});
