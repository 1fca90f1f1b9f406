// Photos and spoken notes as files: made small, and without what a camera says of where and with what.

import type { Made } from '../sync/attachments'
import { base64 } from '../sync/stick'

const LONGEST_SIDE = 1600
const THUMBNAIL_SIDE = 240
const PHOTO = 'image/jpeg'
const SOUNDS = ['audio/webm', 'audio/ogg', 'audio/mp4'] as const
export const LONGEST_NOTE_MS = 120_000

/** A photo drawn anew: what is drawn carries no place, no time and no camera. Null where it is no picture. */
export async function photo(file: Blob): Promise<Made | null> {
  let picture: ImageBitmap
  try {
    picture = await createImageBitmap(file)
  } catch {
    return null
  }
  const whole = await drawn(picture, LONGEST_SIDE, 0.8)
  const small = await drawn(picture, THUMBNAIL_SIDE, 0.6)
  picture.close()
  return {
    type: PHOTO,
    data: new Uint8Array(await whole.arrayBuffer()),
    thumbnail: address(new Uint8Array(await small.arrayBuffer()), PHOTO),
  }
}

/** A small picture of a photo that came from elsewhere; null of what is none. */
export async function thumbnail(data: Uint8Array, type: string): Promise<string | null> {
  if (!type.startsWith('image/')) return null
  try {
    const picture = await createImageBitmap(new Blob([data as BlobPart], { type }))
    const small = await drawn(picture, THUMBNAIL_SIDE, 0.6)
    picture.close()
    return address(new Uint8Array(await small.arrayBuffer()), PHOTO)
  } catch {
    return null
  }
}

async function drawn(picture: ImageBitmap, longest: number, quality: number): Promise<Blob> {
  const scale = Math.min(1, longest / Math.max(picture.width, picture.height))
  const canvas = document.createElement('canvas')
  canvas.width = Math.max(1, Math.round(picture.width * scale))
  canvas.height = Math.max(1, Math.round(picture.height * scale))
  canvas.getContext('2d')?.drawImage(picture, 0, 0, canvas.width, canvas.height)
  return new Promise((done, fail) =>
    canvas.toBlob((blob) => (blob === null ? fail(new Error('no picture')) : done(blob)), PHOTO, quality),
  )
}

/** Bytes as an address that the page may show by itself. */
export function address(data: Uint8Array, type: string): string {
  return `data:${type};base64,${base64(data)}`
}

/** Somebody speaking: until `stop`, or two minutes. */
export class Speaking {
  private constructor(
    private readonly recorder: MediaRecorder,
    readonly done: Promise<Made>,
  ) {}

  /** Null where this machine has no microphone, or nobody lets it be used. */
  static async start(): Promise<Speaking | null> {
    const type = SOUNDS.find((one) => globalThis.MediaRecorder?.isTypeSupported(one))
    if (type === undefined) return null
    let stream: MediaStream
    try {
      stream = await navigator.mediaDevices.getUserMedia({ audio: true })
    } catch {
      return null
    }
    const recorder = new MediaRecorder(stream, { mimeType: type, audioBitsPerSecond: 24_000 })
    const parts: Blob[] = []
    recorder.ondataavailable = (event) => parts.push(event.data)
    const done = new Promise<Made>((told) => {
      recorder.onstop = async () => {
        for (const track of stream.getTracks()) track.stop()
        const data = new Uint8Array(await new Blob(parts).arrayBuffer())
        told({ type, data, thumbnail: null })
      }
    })
    recorder.start()
    const speaking = new Speaking(recorder, done)
    setTimeout(() => speaking.stop(), LONGEST_NOTE_MS)
    return speaking
  }

  stop(): void {
    if (this.recorder.state !== 'inactive') this.recorder.stop()
  }
}
