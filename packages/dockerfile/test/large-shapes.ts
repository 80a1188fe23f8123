// Dockerfiles of the size and shape that large projects have, in own words; long parts are made by rule.
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the texts are variables of Dockerfiles
import type { GraphOptions } from '../src/stage-graph.js';

export interface Shape {
  readonly name: string;
  readonly text: string;
  readonly options?: GraphOptions;
}

const range = (count: number): readonly number[] => Array.from({ length: count }, (_, index) => index);
const lines = (...parts: readonly (string | readonly string[])[]): string => `${parts.flat().join('\n')}\n`;

/** Two releases of one name, a base chosen by platform, a mount without a target, tests beside the target, an unnamed end. */
export const pluginShape: Shape = {
  name: 'a plugin for several systems',
  text: lines(
    'ARG GO_VERSION=1.24',
    'ARG DAEMON_VERSION=28',
    'FROM --platform=$BUILDPLATFORM acme/cross AS cross',
    'FROM acme/daemon:$DAEMON_VERSION AS daemon-release',
    'FROM --platform=$BUILDPLATFORM golang:${GO_VERSION}-alpine AS base',
    'COPY --from=cross / /',
    'WORKDIR /src',
    'FROM base AS vendored',
    'RUN --mount=type=bind,target=.,rw --mount=type=cache,target=/cache go mod vendor',
    'FROM base AS test',
    'RUN --mount=target=. go test ./...',
    'FROM scratch AS test-coverage',
    'COPY --from=test /coverage /coverage',
    'FROM acme/daemon:edge AS daemon-release',
    'FROM base AS build',
    'RUN --mount=type=bind,target=. --mount=from=vendored,target=/v go build -o /out/plugin',
    'FROM scratch AS binaries-linux',
    'COPY --link --from=build /out/plugin /',
    'FROM scratch AS binaries-windows',
    'COPY --link --from=build /out/plugin /plugin.exe',
    'FROM binaries-$TARGETOS AS binaries',
    'FROM --platform=$BUILDPLATFORM alpine AS releaser',
    'RUN --mount=from=binaries cp plugin* /out/',
    'FROM scratch AS release',
    'COPY --from=releaser /out/ /',
    'FROM alpine AS integration-test-base',
    'COPY --from=daemon-release /bin/ /bin/',
    'FROM alpine',
    'RUN apk add --no-cache git',
    'COPY --from=binaries / /usr/bin/',
  ),
};

/** 49 stages, a debug edition by argument, heredocs that hold a shebang and #, an image by tag and digest. */
export const builderShape: Shape = {
  name: 'a builder of 49 stages',
  text: lines(
    'ARG ALPINE=3.22',
    'ARG DEBUG',
    'ARG EXPORT_BASE=alpine',
    'FROM --platform=$BUILDPLATFORM golang:1-alpine${ALPINE} AS go',
    '# base has what every build needs',
    'FROM go AS base',
    'RUN apk add --no-cache \\',
    '  # for the checkout',
    '  git \\',
    '',
    '  make',
    range(36).flatMap((n) => [
      '',
      `# tool-${n} is one of many`,
      `FROM ${n % 5 === 4 ? `tool-${n - 1}` : 'base'} AS tool-${n}`,
      `ARG TOOL_${n}_VERSION=1.${n}`,
      `RUN --mount=type=cache,target=/root/.cache --mount=target=/src,from=base \\`,
      `    go install example.test/tool-${n}@v$TOOL_${n}_VERSION`,
      ...(n % 6 === 0
        ? [
            'COPY <<-"EOT" /bin/entry',
            '\t#!/bin/sh',
            '\tFROM=x # no instruction',
            '\tEOT',
            'RUN <<EOT',
            '# FROM y',
            'set -e',
            'EOT',
          ]
        : []),
    ]),
    'FROM scratch AS binaries',
    range(6).map((n) => `COPY --link --from=tool-${n} /go/bin /bin/`),
    `COPY --link --from=acme/emulators:v9@sha256:${'ab'.repeat(32)} / /`,
    'FROM alpine:${ALPINE} AS export-alpine',
    'FROM ubuntu:24.04 AS export-ubuntu',
    'FROM export-${EXPORT_BASE} AS export',
    'FROM export AS linux',
    'COPY --link --from=binaries / /usr/bin/',
    'FROM linux AS linux-debug',
    'COPY --link --from=tool-7 / /usr/bin/',
    'FROM base AS integration-tests-base',
    range(30).map((n) => `COPY --from=tool-${n} /go/bin /bin/`),
    'FROM integration-tests-base AS integration-tests',
    'COPY . .',
    'FROM integration-tests AS dev',
    'VOLUME /var/lib/x',
    'FROM alpine AS rootless',
    'COPY --from=tool-3 / /',
    'FROM linux${DEBUG:+-debug} AS builder',
  ),
};

const script = (name: string, size: number): readonly string[] => [
  `# The content of ${name} stands here so that the file is complete`,
  `COPY <<"EOF" /${name}.sh`,
  '#!/usr/bin/env bash',
  'set -euo pipefail',
  'FROM debian AS not_a_stage',
  ...range(size).map(
    (n) => `function step_${n}() { echo "\${1:-$HOME} it's step ${n}" <<< "x" ; } # RUN no \\`,
  ),
  'EOF',
  '',
];

/** More than 94,000 characters, most of them whole scripts in a scratch stage. */
export const scriptsShape: Shape = {
  name: 'whole scripts in heredocs',
  text: lines(
    'ARG PYTHON_IMAGE="python:3.13-slim"',
    'ARG HOME_DIR=/opt/app',
    'FROM scratch as scripts',
    range(20).flatMap((n) => script(`install_${n}`, 62)),
    'FROM ${PYTHON_IMAGE} as build-image',
    'SHELL ["/bin/bash", "-o", "pipefail", "-c"]',
    range(60).map((n) => `ARG SETTING_${n}="value ${n}"`),
    'ENV \\',
    range(40).map((n) => `    SETTING_${n}=\${SETTING_${n}} \\`),
    '    LAST=1',
    'COPY --from=scripts install_0.sh install_1.sh /scripts/',
    'RUN bash /scripts/install_0.sh dev',
    'FROM ${PYTHON_IMAGE} as main',
    'ARG HOME_DIR',
    'COPY --from=scripts install_2.sh /scripts/',
    'COPY --from=build-image --chown=1000:0 "${HOME_DIR}" "${HOME_DIR}"',
    'ENTRYPOINT ["/usr/bin/init", "--", "/entrypoint"]',
  ),
};

/** Mounts over continuations with comments between them, type not first, and a heredoc at the end. */
export const packagesShape: Shape = {
  name: 'mounts, comments and heredocs',
  text: lines(
    'FROM --platform=$BUILDPLATFORM ubuntu AS build',
    'ENV HOME="/root"',
    'WORKDIR $HOME',
    'RUN <<EOT',
    '  set -e',
    'EOT',
    "COPY <<-'TOML' rust.toml",
    '[toolchain]',
    'TOML',
    'RUN <<A cat && <<B cat',
    '# A',
    'A',
    '# B',
    'B',
    'ARG TARGETPLATFORM',
    'RUN \\',
    '  --mount=target=src,source=src,type=bind \\',
    '  # what is compiled',
    '  --mount=type=bind,source=Cargo.toml,target=Cargo.toml \\',
    '  --mount=type=cache,target=$HOME/target/,sharing=locked \\',
    '  # downloads',
    '  --mount=type=cache,id=registry,target=/registry \\',
    '  --mount=from=acme/sccache,target=/sccache \\',
    '  <<EOF',
    '  # FROM nothing',
    '  cargo build',
    'EOF',
    'FROM scratch',
    'COPY --from=build /root/a /root/b /',
    'ENTRYPOINT ["/a"]',
  ),
};

const dashboards: Shape = {
  name: 'stages by number',
  text: lines(
    'ARG BASE=ubuntu:18.04',
    'FROM node:10 ',
    'WORKDIR /usr/src/app/',
    'COPY package.json ./',
    'RUN yarn install --pure-lockfile',
    'FROM golang:1.12',
    'RUN go run build.go setup',
    'FROM ${BASE}',
    'RUN apt-get update && apt-get install -y python-pip vim && \\',
    '    pip install awscli',
    'COPY --from=0 /usr/src/app/public ./public',
    'COPY --from=1 /go/bin/x /go/bin/y ./bin/',
    '# USER app',
    'EXPOSE 3000',
  ),
};

const community: Shape = {
  name: 'an interpreted application',
  text: lines(
    'ARG RUBY=3.2',
    'ARG NODE=20',
    'FROM node:$NODE AS node',
    'FROM ruby:${RUBY}-slim AS base-runtime',
    'COPY --link --from=node /opt/node /opt/node',
    'FROM base-runtime AS builder-base',
    'RUN apt-get install -y gcc g++ make',
    'FROM builder-base AS gems',
    'COPY Gemfile* /app/',
    'FROM builder-base AS assets',
    'COPY --from=gems /app /app',
    'RUN SECRET_KEY_BASE=placeholder rails assets:precompile',
    'FROM base-runtime',
    'COPY --chown=app:app . /app',
    'COPY --chown=app:app --from=assets /app/public /app/public',
    'COPY --chown=app:app --from=gems /usr/lib/gems /usr/lib/gems',
    'USER app',
  ),
};

const engine: Shape = {
  name: 'a cross build with nested defaults',
  text: lines(
    'ARG CROSS="false"',
    'ARG DEBIAN=bookworm',
    'ARG GO_IMAGE="golang:1-${DEBIAN}"',
    'ARG REGISTRY=${GO_IMAGE%%:*}',
    'FROM --platform=linux/amd64 ${GO_IMAGE} AS base',
    'ADD https://example.test/sources.list /etc/apt/',
    'FROM base AS criu',
    'FROM base AS frozen-images-amd64',
    'COPY fetch.sh /',
    'FROM base AS cross-false',
    'FROM --platform=linux/amd64 base AS cross-true',
    'ARG DPKG_ARCH',
    'FROM cross-${CROSS} AS dev-base',
    range(25).flatMap((n) => [`FROM dev-base AS dep-${n}`, `RUN install-${n}.sh`]),
    'FROM dev-base AS dev',
    range(25).map((n) => `COPY --from=dep-${n} /build/ /usr/local/bin/`),
    'COPY --from=criu /build/ /usr/local/',
    'FROM dev AS final',
  ),
};

const web: Shape = {
  name: 'four stages of one base',
  text: lines(
    'FROM node:22-alpine AS base',
    '# deps installs what is locked',
    'FROM base AS deps',
    'WORKDIR /app',
    'COPY package.json yarn.lock* package-lock.json* pnpm-lock.yaml* ./',
    'RUN \\',
    '  if [ -f yarn.lock ]; then yarn --frozen-lockfile; \\',
    '  else echo "none" && exit 1; \\',
    '  fi',
    'FROM base AS builder',
    'COPY --from=deps /app/node_modules ./node_modules',
    '# ENV TELEMETRY=1',
    'RUN npm run build',
    '# runner serves it',
    'FROM base AS runner',
    'COPY --from=builder --chown=a:b /app/.next/static ./.next/static',
    'CMD HOSTNAME="0.0.0.0" node server.js',
  ),
};

const triggers: Shape = {
  name: 'triggers of a stage',
  text: lines(
    'FROM alpine AS keys',
    'FROM golang AS onbuild',
    'ONBUILD COPY --from=keys /keys /keys',
    'ONBUILD RUN go install ./...',
    'FROM onbuild AS app',
    'RUN true',
    'FROM scratch AS unneeded-check',
    'COPY --from=keys / /',
    'FROM app AS out',
  ),
};

const windows: Shape = {
  name: 'another escape character',
  text: lines(
    '# escape=`',
    '# check=skip=all',
    'FROM mcr.example.test/windows/servercore:ltsc2022 AS base',
    'SHELL ["powershell", "-Command"]',
    'COPY a.exe C:\\',
    'RUN Get-Item `',
    '  # where it went',
    '  C:\\a.exe',
    'FROM base AS out',
    'COPY --from=base C:\\a.exe C:\\b\\',
  ),
};

const chain: Shape = {
  name: 'a chain of 300 stages',
  text: lines(
    'FROM alpine AS s0',
    range(300).flatMap((n) => [
      `FROM alpine AS s${n + 1}`,
      `COPY --from=s${n} /x /x`,
      `# s${n + 2} comes next`,
    ]),
  ),
};

export const shapes: readonly Shape[] = [
  pluginShape,
  builderShape,
  scriptsShape,
  packagesShape,
  dashboards,
  community,
  engine,
  web,
  triggers,
  windows,
  chain,
  { name: 'a builder with CRLF and a BOM', text: `\uFEFF${builderShape.text.replaceAll('\n', '\r\n')}` },
];
