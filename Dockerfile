# One image for the API and the worker: the command chooses.
FROM node:24-bookworm-slim AS build
WORKDIR /app
COPY . .
# What builds is of no use afterwards, nor are the sources: all of it goes again.
RUN npx --yes pnpm@12.21.0 install --frozen-lockfile \
  && node scripts/build.mjs \
  && rm -rf node_modules */node_modules */*/node_modules \
  && npx --yes pnpm@12.21.0 install --prod --frozen-lockfile --filter '@gateway/api...' --filter '@gateway/worker...' \
  && rm -rf scripts apps/*/src apps/cli packages/*/src packages/sandbox dist/current/sandbox.mjs* dist/current/cli.mjs*

FROM node:24-bookworm-slim
ENV NODE_ENV=production HOST=0.0.0.0 DATA_DIR=/app/data MALLOC_ARENA_MAX=2
WORKDIR /app
COPY --from=build /app ./
RUN mkdir /app/data && chown node:node /app/data
USER node
VOLUME /app/data
EXPOSE 3000
# The API by default; the worker is dist/current/worker.mjs.
CMD ["node", "--enable-source-maps", "dist/current/api.mjs"]
