import { defineConfig } from 'vitest/config';

// One page a file: the application for people, and GraphiQL, which is fetched only when asked for.
const pages = { index: 'index.html', graphiql: 'graphiql.html' };
const api = 'http://127.0.0.1:8000';

export default defineConfig({
  build: {
    manifest: true, // says which files a page loads, for the test of its size
    rolldownOptions: {
      input: pages,
      // Libraries mark modules "use client", which means nothing to a bundle for browsers.
      onwarn: (warning, warn) => warning.code === 'MODULE_LEVEL_DIRECTIVE' || warn(warning),
    },
    assetsInlineLimit: 0, // no data: URLs, so that the server's policy can say 'self'
    chunkSizeWarningLimit: 4000, // kB: Monaco
  },
  test: { include: ['src/**/*.test.ts'] },
  // `npm run dev` serves the pages and hands the API's paths on to a running server.
  server: {
    proxy: { '/graphql': { target: api, ws: true }, '/session': { target: api }, '/uploads': { target: api } },
  },
});
