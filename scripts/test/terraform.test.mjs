// Terraform on a machine without it: the released archive when it is what was published, else a build.
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { deflateRawSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { readZipMember } from '../setup/zip.mjs';
import { startModule } from './processes.mjs';

/** A zip archive of one deflated member after a stored one. @param {string} name @param {string} text */
function zip(name, text) {
  const members = [
    { name: 'LICENSE.txt', method: 0, size: 3, packed: Buffer.from('MPL') },
    { name, method: 8, size: Buffer.byteLength(text), packed: deflateRawSync(text) },
  ];
  /** @type {Buffer[]} */
  const parts = [];
  /** @type {Buffer[]} */
  const directory = [];
  let at = 0;
  for (const member of members) {
    const title = Buffer.from(member.name);
    const local = Buffer.alloc(30);
    local.writeUInt32LE(0x04034b50, 0);
    local.writeUInt16LE(title.length, 26);
    parts.push(local, title, member.packed);
    const entry = Buffer.alloc(46);
    entry.writeUInt32LE(0x02014b50, 0);
    entry.writeUInt16LE(member.method, 10);
    entry.writeUInt32LE(member.packed.length, 20);
    entry.writeUInt32LE(member.size, 24);
    entry.writeUInt16LE(title.length, 28);
    entry.writeUInt32LE(at, 42);
    directory.push(entry, title);
    at += 30 + title.length + member.packed.length;
  }
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(members.length, 10);
  end.writeUInt32LE(at, 16);
  return Buffer.concat([...parts, ...directory, end]);
}

const program = '#!/bin/sh\necho Terraform v1.11.4\n';

describe('a zip archive', () => {
  it('gives its members, stored or deflated', () => {
    expect(readZipMember(zip('terraform', program), 'terraform').toString()).toBe(program);
    expect(readZipMember(zip('terraform', program), 'LICENSE.txt').toString()).toBe('MPL');
  });

  it.each([
    ['without the member', zip('other', 'x'), 'no terraform'],
    ['that is no archive', Buffer.from('<html>not found</html>'), 'no zip archive'],
    ['that is cut off', zip('terraform', program).subarray(0, -22), 'no zip archive'],
  ])('%s is refused', (_, archive, message) => {
    expect(() => readZipMember(archive, 'terraform')).toThrow(message);
  });
});

describe('set-up on a machine without Terraform', () => {
  let root = '';
  let bin = '';
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'headgate-terraform-'));
    bin = join(root, 'machine');
    mkdirSync(bin);
    const scripts = fileURLToPath(new URL('..', import.meta.url));
    cpSync(scripts, join(root, 'scripts'), { recursive: true, filter: (path) => !path.endsWith('/test') });
    const text = `import { findTerraform, getTerraform } from './setup/terraform.mjs';
      try { console.log(JSON.stringify((await findTerraform()) ?? (await getTerraform()))); }
      catch (error) { console.log(error.message); process.exitCode = 1; }`;
    writeFileSync(join(root, 'scripts', 'terraform.mjs'), text);
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  /** @param {string} name @param {string} body of a shell script that may use no other command */
  function command(name, body) {
    writeFileSync(join(bin, name), `#!/bin/sh\n${body}\n`);
    chmodSync(join(bin, name), 0o755);
  }

  /** Set-up with releases from a server that answers with these files. @param {Record<string, string | Buffer>} files by the end of their names */
  async function get(files) {
    const server = createServer((request, response) => {
      const found = Object.entries(files).find(([end]) => request.url?.endsWith(end));
      response.writeHead(found ? 200 : 404).end(found?.[1] ?? '');
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = /** @type {import('node:net').AddressInfo} */ (server.address());
    const env = { PATH: bin, HOME: root, HEADGATE_TERRAFORM_RELEASES: `http://127.0.0.1:${address.port}` };
    const result = await startModule(join(root, 'scripts', 'terraform.mjs'), [], { cwd: root, env }).ended;
    server.close();
    return result;
  }

  const archive = zip('terraform', program);
  const name = `terraform_1.11.4_${process.platform}_${process.arch === 'x64' ? 'amd64' : process.arch}.zip`;
  /** @param {Buffer} bytes */
  const sums = (bytes) => `${createHash('sha256').update(bytes).digest('hex')}  ${name}\n`;
  const installed = () => join(root, '.cache', 'headgate', 'terraform', 'bin', 'terraform');

  it('has the released archive, if it is the one that was published', async () => {
    const { code, output } = await get({ SHA256SUMS: sums(archive), '.zip': archive });

    expect([code, output]).toEqual([0, expect.stringContaining('"version":"1.11.4"')]);
    expect(readFileSync(installed(), 'utf8')).toBe(program);
  });

  it('has nothing of an archive that is another one, and says so', async () => {
    const { code, output } = await get({
      SHA256SUMS: sums(archive),
      '.zip': zip('terraform', '#!/bin/sh\n'),
    });

    expect([code, output]).toEqual([1, expect.stringMatching(/not the published one.*no Go on PATH/s)]);
    expect(existsSync(join(root, '.cache', 'headgate', 'terraform'))).toBe(false);
  });

  it('has it built where nothing is released for it', async () => {
    command(
      'go',
      `[ "$1 $2" = "install github.com/hashicorp/terraform@v1.5.7" ] || exit 1
/bin/mkdir -p "$GOBIN"; { echo '#!/bin/sh'; echo 'echo Terraform v1.5.7-dev'; } > "$GOBIN/terraform"; /bin/chmod +x "$GOBIN/terraform"`,
    );
    const { code, output } = await get({});

    expect([code, output]).toEqual([0, expect.stringContaining('"version":"1.5.7"')]);
  });

  it('uses OpenTofu that is there, and tells the sample', async () => {
    command('tofu', 'echo OpenTofu v1.12.6');
    const { output } = await get({});

    expect(JSON.parse(output)).toMatchObject({
      version: '1.12.6',
      variables: { HEADGATE_TERRAFORM: 'tofu' },
    });
  });

  it('does not take a Terraform that is too old', async () => {
    command('terraform', 'echo Terraform v1.3.9');

    expect((await get({})).code).toBe(1);
  });
});
