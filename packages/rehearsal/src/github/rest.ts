// The REST API: who asks, what they get, and the headers every answer carries.
import type { Caller } from './callers.js';
import { rateHeaders } from './rate-limit.js';
import { HttpProblem } from './reply.js';
import { handle, type Parts } from './rest-handling.js';
import { type BareAnswer, type RestAnswer, type RestRequest, withTag } from './rest-message.js';

export interface Rest {
  answer(request: RestRequest): Promise<RestAnswer>;
}

async function answerOnce(parts: Parts, caller: Caller, request: RestRequest): Promise<BareAnswer> {
  const json = { 'content-type': 'application/json; charset=utf-8' };
  try {
    parts.limits.refuse(caller, request.path);
    const reply = await handle(parts, caller, request);
    const headers = { ...json, ...reply.headers, ...(reply.link === null ? {} : { link: reply.link }) };
    const text = reply.body === undefined ? '' : JSON.stringify(reply.body);
    return withTag(request, { status: reply.status, headers, text });
  } catch (error) {
    const problem = error instanceof URIError ? new HttpProblem(400, 'Malformed path') : error;
    if (problem instanceof HttpProblem) {
      return {
        status: problem.status,
        headers: { ...json, ...problem.headers },
        text: JSON.stringify(problem.body()),
      };
    }
    parts.state.violations.push({ side: 'response', operation: request.path, problem: String(error) });
    return { status: 500, headers: json, text: JSON.stringify({ message: String(error) }) };
  }
}

export function createRest(parts: Parts): Rest {
  return {
    answer: async (request) => {
      let caller: Caller;
      try {
        caller = parts.access.identify(request.headers['authorization'] as string | undefined);
      } catch (error) {
        if (!(error instanceof HttpProblem)) throw error;
        return {
          status: error.status,
          headers: { 'content-type': 'application/json' },
          text: JSON.stringify(error.body()),
          login: '',
          charged: false,
        };
      }
      const answer = await answerOnce(parts, caller, request);
      const charged = answer.status !== 304 && request.path !== '/rate_limit';
      return {
        ...answer,
        headers: { ...answer.headers, ...rateHeaders(parts.limits.count(caller, request.path, charged)) },
        login: caller.login,
        charged,
      };
    },
  };
}
