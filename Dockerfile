# One image for the API and the worker: the command chooses.
FROM node:24-bookworm-slim AS build
WORKDIR /app
COPY . .
# The console is built by what production has no use for; that goes again.
RUN npx --yes pnpm@12.21.0 install --frozen-lockfile --filter '@gateway/console...' \
  && node scripts/build.mjs \
  && rm -rf node_modules packages/*/node_modules \
  && npx --yes pnpm@12.21.0 install --prod --frozen-lockfile --filter '@gateway/api...' --filter '@gateway/worker...'

FROM node:24-bookworm-slim
ENV NODE_ENV=production HOST=0.0.0.0 DATA_DIR=/app/data MALLOC_ARENA_MAX=2
WORKDIR /app
COPY --from=build /app ./
RUN mkdir /app/data && chown node:node /app/data
USER node
VOLUME /app/data
EXPOSE 3000
# The API by default; the worker is the same command in /app/apps/worker.
WORKDIR /app/apps/api
CMD ["node", "--import", "tsx", "src/main.ts"]
