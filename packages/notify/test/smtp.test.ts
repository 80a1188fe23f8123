// Mail through a real server: encryption, login, refusals, deaths, and what the step then says.
import { createServer } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { SMTPServerOptions } from 'smtp-server';
import { sendNotice } from './notice.js';
import { openPostOffice, type PostOffice, password } from './post-office.js';

let office: PostOffice;
const open = async (options?: SMTPServerOptions): Promise<PostOffice> => {
  office = await openPostOffice(options);
  return office;
};
const smtp = (more: object = {}): object => ({
  type: 'smtp',
  host: '127.0.0.1',
  port: office.port,
  from: 'Deliveries <deliveries@example.com>',
  to: ['team@example.com', 'Ops Team <ops@example.com>'],
  'ca-file': office.caFile,
  ...more,
});
const secrets = `smtp-password: "${password}"`;

afterEach(() => office.close());

describe('a mail', () => {
  it('arrives encrypted, in text and HTML, under a Message-ID that a re-run repeats', async () => {
    await open();

    const first = await sendNotice([smtp()], {
      inputs: { data: '{"environment":"staging","version":"1.4.0"}' },
    });
    await sendNotice([smtp()]);

    expect(first.deliveries).toEqual([
      expect.objectContaining({ channel: 'smtp-1', outcome: 'delivered', code: null, tries: 1 }),
    ]);
    const [mail, again] = office.mails;
    expect(mail).toMatchObject({
      secure: true,
      user: null,
      recipients: ['team@example.com', 'ops@example.com'],
    });
    expect(mail?.source).toContain('Subject: acme/shop 1.4.0: deployed to staging');
    expect(mail?.source).toMatch(/Content-Type: text\/plain[\s\S]*Environment: staging/);
    expect(mail?.source).toMatch(/Content-Type: text\/html[\s\S]*<h1/);
    expect(messageId(mail?.source)).toMatch(/^<headgate\.[0-9a-f]{32}@example\.com>$/);
    expect(messageId(again?.source)).toBe(messageId(mail?.source));
    expect(first.result.outputs).toMatchObject({ delivered: '1', failed: '0' });
  });

  it('logs in', async () => {
    await open({ authOptional: false });

    const { deliveries } = await sendNotice(
      [smtp({ username: 'dana', password: { secret: 'smtp-password' } })],
      {
        inputs: { 'notify-secrets': secrets },
      },
    );

    expect(deliveries).toMatchObject([{ outcome: 'delivered' }]);
    expect(office.mails).toMatchObject([{ user: 'dana', secure: true }]);
  });

  it.each([
    [
      'a login that is refused',
      { username: 'eve', password: { secret: 'smtp-password' } },
      {},
      'smtp-auth',
      1,
    ],
    ['a server without STARTTLS', {}, { disabledCommands: ['STARTTLS'] }, 'smtp-tls', 1],
    ['a certificate nobody vouches for', { 'ca-file': undefined }, {}, 'smtp-tls', 1],
    ['a certificate for another host', { host: 'localhost' }, {}, 'smtp-tls', 1],
    ['a missing secret', { username: 'dana', password: { secret: 'other' } }, {}, 'channel-secret', 0],
    ['a missing file of authorities', { 'ca-file': 'absent.pem' }, {}, 'smtp-tls', 0],
    [
      'a sender that is refused for good',
      {},
      { onMailFrom: (_a: unknown, _s: unknown, done: (error: Error) => void) => done(refusal(550)) },
      'smtp-refused',
      1,
    ],
    [
      'a server that stays busy',
      {},
      { onMailFrom: (_a: unknown, _s: unknown, done: (error: Error) => void) => done(refusal(451)) },
      'smtp-refused',
      3,
    ],
  ])('reports %s', async (_, more, options, code, tries) => {
    await open(options as SMTPServerOptions);

    const { deliveries, result, core } = await sendNotice([smtp(more)], {
      inputs: { 'notify-secrets': secrets },
    });

    expect(deliveries).toMatchObject([{ outcome: 'failed', code, tries }]);
    expect(result.failure).toBeUndefined();
    expect(core.annotations).toMatchObject([{ level: 'warning', place: { title: `notify: ${code}` } }]);
    expect(core.summary()).toContain(`\`${code}\``);
    expect(office.mails).toEqual([]);
  });

  it('goes unencrypted only when told so', async () => {
    await open({ disabledCommands: ['STARTTLS'] });

    const { deliveries } = await sendNotice([
      smtp({ name: 'open', starttls: 'none' }),
      smtp({ name: 'either', starttls: 'opportunistic' }),
    ]);

    expect(deliveries).toMatchObject([{ outcome: 'delivered' }, { outcome: 'delivered' }]);
    expect(office.mails.map(({ secure }) => secure)).toEqual([false, false]);
  });

  it('is encrypted opportunistically where the server can', async () => {
    await open();

    await sendNotice([smtp({ starttls: 'opportunistic' })]);

    expect(office.mails).toMatchObject([{ secure: true }]);
  });

  it('is tried again when the server is busy once, and arrives once', async () => {
    let calls = 0;
    await open({
      onMailFrom: (_address, _session, done) => {
        calls += 1;
        done(calls === 1 ? refusal(451) : null);
      },
    });

    const { deliveries } = await sendNotice([smtp()]);

    expect(deliveries).toMatchObject([{ outcome: 'delivered', tries: 2 }]);
    expect(office.mails).toHaveLength(1);
  });

  it('is not sent twice to those who have it when one recipient is refused', async () => {
    await open({
      onRcptTo: ({ address }, _session, done) => done(address.startsWith('ops') ? refusal(550) : null),
    });

    const { deliveries } = await sendNotice([smtp()]);

    expect(deliveries).toMatchObject([{ outcome: 'failed', code: 'recipients-refused', tries: 1 }]);
    expect(office.mails).toMatchObject([{ recipients: ['team@example.com'] }]);
  });

  it('is given up after three deaths in the middle of the data', async () => {
    await open();
    const dying = await startDyingServer();

    const { deliveries, took, result } = await sendNotice([smtp({ port: dying.port, starttls: 'none' })]);

    expect(deliveries).toMatchObject([{ outcome: 'failed', code: 'smtp-unreachable', tries: 3 }]);
    expect(dying.deaths()).toBe(3);
    expect(took).toBeLessThan(20_000);
    expect(result.failure).toBeUndefined();
    dying.close();
  });
});

describe('a mail server that is down', () => {
  it('leaves the step green with a warning when best effort, and fails it when required', async () => {
    await open();
    const own = { 'ca-file': undefined };
    const [best, required] = [smtp({ name: 'best', ...own }), smtp({ name: 'must', required: true, ...own })];
    await office.close();

    const green = await sendNotice([best]);
    const red = await sendNotice([best, required]);

    expect(green.deliveries).toMatchObject([{ code: 'smtp-unreachable', tries: 3 }]);
    expect(green.result.failure).toBeUndefined();
    expect(green.core.annotations).toHaveLength(1);
    expect(green.core.summary()).toContain('smtp-unreachable');
    expect(red.result.failure).toMatchObject({ code: 'required-channel-failed' });
    expect(red.result.failure?.message).toContain('must: smtp-unreachable');
    expect(red.result.outputs).toMatchObject({ delivered: '0', failed: '2' });
    office = await openPostOffice();
  });

  it('that says nothing holds the step no longer than the deadline', async () => {
    await open();
    const silent = createServer(() => undefined);
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const { port } = silent.address() as { port: number };

    const { deliveries, took } = await sendNotice([smtp({ port })], { inputs: { deadline: '10s' } });

    expect(deliveries).toMatchObject([{ outcome: 'failed', code: 'timed-out', tries: 2 }]);
    expect(took).toBeLessThan(11_500);
    silent.close();
  });
});

/** Accepts everything up to DATA, and hangs up as soon as the first of it arrives. */
async function startDyingServer(): Promise<{ port: number; deaths(): number; close(): void }> {
  let deaths = 0;
  const server = createServer((socket) => {
    let inData = false;
    socket.on('error', () => undefined);
    socket.write('220 dying.example ESMTP\r\n');
    socket.on('data', (chunk) => {
      if (inData) {
        deaths += 1;
        socket.destroy();
        return;
      }
      inData = chunk.toString('latin1').startsWith('DATA');
      socket.write(inData ? '354 go on\r\n' : '250 fine\r\n');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  return { port, deaths: () => deaths, close: () => void server.close() };
}

function refusal(responseCode: number): Error {
  return Object.assign(new Error('no'), { responseCode });
}

function messageId(source = ''): string | undefined {
  return /^Message-ID: (.*)$/im.exec(source)?.[1]?.trim();
}
