# One image for the API and the worker: the command chooses.
FROM node:24-bookworm-slim AS dependencies
WORKDIR /app
COPY package.json pnpm-lock.yaml pnpm-workspace.yaml ./
COPY apps/api/package.json apps/api/
COPY apps/worker/package.json apps/worker/
COPY packages/contracts/package.json packages/contracts/
COPY packages/queue/package.json packages/queue/
COPY packages/runtime/package.json packages/runtime/
COPY packages/sessions/package.json packages/sessions/
COPY packages/telegram/package.json packages/telegram/
# What runs in production, and nothing for tests: the sandbox stays out too.
RUN npx --yes pnpm@12.21.0 install --prod --frozen-lockfile --filter '@gateway/api...' --filter '@gateway/worker...'

FROM node:24-bookworm-slim
ENV NODE_ENV=production HOST=0.0.0.0 DATA_DIR=/app/data
WORKDIR /app
COPY --from=dependencies /app ./
COPY apps/api/src apps/api/src
COPY apps/worker/src apps/worker/src
COPY packages/contracts/src packages/contracts/src
COPY packages/queue/src packages/queue/src
COPY packages/runtime/src packages/runtime/src
COPY packages/sessions/src packages/sessions/src
COPY packages/telegram/src packages/telegram/src
RUN mkdir /app/data && chown node:node /app/data
USER node
VOLUME /app/data
EXPOSE 3000
# The API by default; the worker is the same command in /app/apps/worker.
WORKDIR /app/apps/api
CMD ["node", "--import", "tsx", "src/main.ts"]
