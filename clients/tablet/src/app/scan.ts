// Reads the QR code of `lianxin enrol` from the camera. Chromium has a reader of its own only with a helper of
// its maker's, which many tablets do not have; so it is done here, and loaded when somebody scans.

/** Enough to read by, and little enough for a slow tablet. */
const LONGEST_SIDE = 640
const BETWEEN_MS = 120

/** What the first code says that `accepted` takes; null once `going` is over. The video shows what is seen. */
export async function scan<T>(
  video: HTMLVideoElement,
  accepted: (text: string) => T | undefined,
  going: () => boolean,
): Promise<T | null> {
  const { default: decode } = await import('qr/decode.js')
  const canvas = document.createElement('canvas')
  const picture = canvas.getContext('2d', { willReadFrequently: true })
  while (going() && picture !== null) {
    const scale = Math.min(1, LONGEST_SIDE / Math.max(video.videoWidth, video.videoHeight, 1))
    canvas.width = Math.max(1, Math.round(video.videoWidth * scale))
    canvas.height = Math.max(1, Math.round(video.videoHeight * scale))
    picture.drawImage(video, 0, 0, canvas.width, canvas.height)
    const found = read(decode, picture.getImageData(0, 0, canvas.width, canvas.height))
    const value = found === null ? undefined : accepted(found)
    if (value !== undefined) return value
    await new Promise((done) => setTimeout(done, BETWEEN_MS))
  }
  return null
}

/** Null where there is no code to be seen. */
function read(decode: (image: ImageData) => string, image: ImageData): string | null {
  try {
    return decode(image)
  } catch {
    return null
  }
}
