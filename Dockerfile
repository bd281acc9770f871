# One image for the API, the worker, the CLI and the sandbox: the command chooses.
FROM node:24-bookworm-slim AS build
WORKDIR /app
COPY . .
# What builds is of no use afterwards, nor are the sources: all of it goes again.
RUN npx --yes pnpm@12.21.0 install --frozen-lockfile \
  && node scripts/build.mjs \
  && rm -rf node_modules */node_modules */*/node_modules \
  && npx --yes pnpm@12.21.0 install --prod --frozen-lockfile --filter '@gateway/api...' --filter '@gateway/worker...' --filter '@gateway/cli...' \
  && rm -rf scripts apps/*/src packages/*/src

FROM node:24-bookworm-slim
ENV NODE_ENV=production HOST=0.0.0.0 DATA_DIR=/app/data MALLOC_ARENA_MAX=2
WORKDIR /app
COPY --from=build /app ./
# `telegram-gateway` in a container: docker compose exec api telegram-gateway status alice
COPY --chmod=755 deploy/telegram-gateway.mjs /usr/local/bin/telegram-gateway
RUN mkdir /app/data && chown node:node /app/data
USER node
VOLUME /app/data
EXPOSE 3000
# The API by default; the worker is dist/current/worker.mjs, the sandbox dist/current/sandbox.mjs.
CMD ["node", "--enable-source-maps", "dist/current/api.mjs"]
