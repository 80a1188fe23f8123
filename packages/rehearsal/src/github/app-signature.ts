// The signed statement (JWT) by which an App proves who it is.
import { verify } from 'node:crypto';
import { type App, findApp } from './apps.js';
import { HttpProblem } from './reply.js';
import type { State } from './state.js';

/** Seconds an assertion may live, and may be ahead of GitHub's clock. */
const longest = 600;
const drift = 60;

const refuse = (message: string): HttpProblem => new HttpProblem(401, message);

export const undecodable = (): HttpProblem => refuse('A JSON web token could not be decoded');

function partOf(text: string | undefined): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(Buffer.from(text ?? '', 'base64url').toString('utf8'));
    if (typeof value === 'object' && value !== null) return Object.fromEntries(Object.entries(value));
  } catch {
    // Answered below as what cannot be decoded.
  }
  throw undecodable();
}

const isTime = (value: unknown): value is number => typeof value === 'number' && Number.isInteger(value);

function checkTimes(claims: Readonly<Record<string, unknown>>, now: number): void {
  const { iat, exp } = claims;
  if (!isTime(exp) || exp <= now) {
    throw refuse(
      "'Expiration time' claim ('exp') must be a numeric value representing the future time at which the assertion expires",
    );
  }
  if (exp > now + longest + drift) throw refuse("'Expiration time' claim ('exp') is too far in the future");
  if (!isTime(iat) || iat > now + drift) {
    throw refuse(
      "'Issued at' claim ('iat') must be an Integer representing the time that the assertion was issued",
    );
  }
}

/**
 * The App that signed: RS256, issuer its id or client id, at most ten minutes ahead. Throws 401 in GitHub's words.
 * Source: https://docs.github.com/apps/creating-github-apps/authenticating-with-a-github-app/generating-a-json-web-token-jwt-for-a-github-app
 */
export function signingApp(state: State, token: string): App {
  const [head, body, signature, ...more] = token.split('.');
  if (signature === undefined || more.length > 0) throw undecodable();
  const header = partOf(head);
  const claims = partOf(body);
  if (header['alg'] !== 'RS256') throw undecodable();
  const app = findApp(state, String(claims['iss'] ?? ''));
  if (app === undefined) throw refuse("'Issuer' claim ('iss') must be an Integer");
  const signed = Buffer.from(`${head}.${body}`);
  const proven = app.key !== null && verify('sha256', signed, app.key, Buffer.from(signature, 'base64url'));
  if (!proven) throw undecodable();
  checkTimes(claims, Math.floor(state.clock.now() / 1000));
  return app;
}

/** True for what looks like a signed statement rather than a token. */
export const isSigned = (token: string): boolean => token.split('.').length === 3;
