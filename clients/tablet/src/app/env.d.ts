/// <reference types="svelte" />
/// <reference types="vite-plugin-pwa/client" />
declare const __APP_VERSION__: string

/** Where the browser can read QR codes by itself (Chromium on Android). */
declare class BarcodeDetector {
  constructor(options: { formats: string[] })
  detect(source: HTMLVideoElement): Promise<{ rawValue: string }[]>
}
