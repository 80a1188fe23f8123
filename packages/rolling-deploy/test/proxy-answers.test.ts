// What HAProxy 2.6.12 answers, as recorded.
import { describe, expect, it } from '@jest/globals';
import { acceptAnswer, parseServersState, parseStat } from '../src/proxy-answers.js';

const state = `1
# be_id be_name srv_id srv_name srv_addr srv_op_state srv_admin_state srv_uweight srv_iweight srv_time_since_last_change srv_check_status srv_check_result srv_check_health srv_check_state srv_agent_state bk_f_forced_id srv_f_forced_id srv_fqdn srv_port srvrecord srv_use_ssl srv_check_port srv_check_addr srv_agent_addr srv_agent_port
3 web 1 web1 127.0.0.1 2 4 1 1 12 15 3 4 6 0 0 0 - 20411 - 0 0 - - 0
3 web 2 web2 127.0.0.1 2 12 1 1 12 15 3 4 6 0 0 0 - 20412 - 0 0 - - 0
3 web 3 web3 127.0.0.1 0 5 1 1 12 1 0 0 6 0 0 0 - 9 - 0 0 - - 0
`;

const columns =
  'pxname,svname,scur,econ,eresp,status,check_status,hrsp_1xx,hrsp_2xx,hrsp_3xx,hrsp_4xx,hrsp_5xx,hrsp_other,last_chk';

describe('the proxy’s answers', () => {
  it('tells ready, draining and maintenance apart, whatever the file said at the start', () => {
    expect(parseServersState(state)).toEqual([
      { name: 'web1', endpoint: '127.0.0.1:20411', state: 'ready', weight: 1, up: true },
      { name: 'web2', endpoint: '127.0.0.1:20412', state: 'drain', weight: 1, up: true },
      { name: 'web3', endpoint: '127.0.0.1:9', state: 'maint', weight: 1, up: false },
    ]);
  });

  it('counts the answers of one backend’s servers only', () => {
    const answer = `# ${columns},\nother,web1,9,9,9,UP,L7OK,9,9,9,9,9,9,\nweb,web1,2,1,3,UP,L7OK,0,90,5,4,6,1,"HTTP, ""fine"""\n`;

    expect(parseStat(answer, 'web')).toEqual([
      {
        name: 'web1',
        status: 'UP',
        check: 'L7OK HTTP, "fine"',
        responses: 106,
        errors: 10,
        sessions: 2,
        averageMs: 0,
      },
    ]);
  });

  it.each([
    '\n',
    '',
    "IP changed from '127.0.0.1' to '127.0.0.2' by 'stats socket command'",
    'no need to change the addr',
  ])('accepts %j', (answer) => expect(() => acceptAnswer('set server web/web1 addr', answer)).not.toThrow());

  it.each([
    ['No such backend.', 'Set proxy-backend'],
    ['Permission denied', 'level admin'],
    ['No such server.', 'server-template'],
  ])('refuses %s and says what to do', (answer, hint) => {
    expect(() => acceptAnswer('set server web/web1 state ready', answer)).toThrow(
      expect.objectContaining({ code: 'proxy-refused', hint: expect.stringContaining(hint) }),
    );
    expect(() => parseServersState(answer)).toThrow(expect.objectContaining({ code: 'proxy-refused' }));
    expect(() => parseStat(answer, 'web')).toThrow(expect.objectContaining({ code: 'proxy-refused' }));
  });
});
