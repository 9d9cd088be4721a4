import { defineConfig } from 'vite';

// One page a file: add the board as index.html and name it here.
const pages = { graphiql: 'graphiql.html' };
const api = 'http://127.0.0.1:8000';

export default defineConfig({
  build: {
    rolldownOptions: {
      input: pages,
      // Libraries mark modules "use client", which means nothing to a bundle for browsers.
      onwarn: (warning, warn) => warning.code === 'MODULE_LEVEL_DIRECTIVE' || warn(warning),
    },
    assetsInlineLimit: 0, // no data: URLs, so that the server's policy can say 'self'
    chunkSizeWarningLimit: 4000, // kB: Monaco
  },
  // `npm run dev` serves the pages and hands the API's paths on to a running server.
  server: { proxy: { '/graphql': { target: api, ws: true } } },
});
