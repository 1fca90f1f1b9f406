import { svelte } from '@sveltejs/vite-plugin-svelte'
import { defineConfig } from 'vite'
import { VitePWA } from 'vite-plugin-pwa'

/** Every version has another name, so that a screen and a person on the telephone speak of the same one. */
const version = process.env.LIANXIN_APP_VERSION ?? '0.1.0'

export default defineConfig({
  base: '/tablet/',
  define: { __APP_VERSION__: JSON.stringify(version) },
  build: { target: 'es2022', assetsInlineLimit: 0, modulePreload: { polyfill: false } },
  plugins: [
    svelte(),
    VitePWA({
      registerType: 'prompt',
      injectRegister: null,
      includeAssets: ['icon.svg'],
      manifest: {
        id: '/tablet/',
        name: '连心 Lianxin',
        short_name: '连心',
        description: '联络员的平板：没有网络也能用。 The liaison’s tablet: it works without a network.',
        lang: 'zh-Hans',
        start_url: '/tablet/',
        scope: '/tablet/',
        display: 'standalone',
        background_color: '#f5f4f0',
        theme_color: '#a61b1b',
        icons: [{ src: 'icon.svg', sizes: 'any', type: 'image/svg+xml', purpose: 'any' }],
      },
      workbox: {
        globPatterns: ['**/*.{js,css,html,svg,webmanifest}'],
        navigateFallback: '/tablet/index.html',
        cleanupOutdatedCaches: true,
        // The first visit is already served by it; a newer one waits until a person lets it in.
        clientsClaim: true,
        inlineWorkboxRuntime: true,
      },
    }),
  ],
})
