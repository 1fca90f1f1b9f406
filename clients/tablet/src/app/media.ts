// Photos and spoken notes as files: made small, and without what a camera says of where and with what.

import type { Made } from '../sync/attachments'
import { base64 } from '../sync/stick'

const LONGEST_SIDE = 1600
const THUMBNAIL_SIDE = 240
const PHOTO = 'image/jpeg'
const SOUNDS = ['audio/webm', 'audio/ogg', 'audio/mp4'] as const
export const LONGEST_NOTE_MS = 120_000
/** So often what was said is taken down: a battery that is empty costs no more than this. */
const PIECE_MS = 1_000

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

/** What was said, and whether it ended because no more fits into a note. */
export interface Heard {
  made: Made
  full: boolean
}

/** Somebody speaking: until `stop`, or two minutes. Meanwhile `piece` is given what was said, bit by bit. */
export class Speaking {
  readonly begunMs = performance.now()
  readonly done: Promise<Heard>
  private full = false

  private constructor(
    private readonly recorder: MediaRecorder,
    stream: MediaStream,
    piece: (type: string, data: Uint8Array) => Promise<void>,
    type: string,
  ) {
    const parts: Uint8Array[] = []
    // One after another: the pieces are to stay in their order.
    let written = Promise.resolve()
    recorder.ondataavailable = ({ data }) => {
      written = written.then(async () => {
        const part = new Uint8Array(await data.arrayBuffer())
        if (part.length === 0) return
        parts.push(part)
        await piece(type, part)
      })
    }
    this.done = new Promise((told) => {
      recorder.onstop = async () => {
        for (const track of stream.getTracks()) track.stop()
        await written
        const data = new Uint8Array(await new Blob(parts as BlobPart[]).arrayBuffer())
        told({ made: { type, data, thumbnail: null }, full: this.full })
      }
    })
    recorder.start(PIECE_MS)
    const limit = setTimeout(() => {
      this.full = true
      this.stop()
    }, LONGEST_NOTE_MS)
    void this.done.then(() => clearTimeout(limit))
  }

  /** Null where this machine has no microphone, or nobody lets it be used. */
  static async start(piece: (type: string, data: Uint8Array) => Promise<void>): Promise<Speaking | null> {
    const type = SOUNDS.find((one) => globalThis.MediaRecorder?.isTypeSupported(one))
    if (type === undefined) return null
    let stream: MediaStream
    try {
      stream = await navigator.mediaDevices.getUserMedia({ audio: true })
    } catch {
      return null
    }
    const recorder = new MediaRecorder(stream, { mimeType: type, audioBitsPerSecond: 24_000 })
    return new Speaking(recorder, stream, piece, type)
  }

  /** How long somebody has been speaking. */
  get elapsedMs(): number {
    return Math.min(performance.now() - this.begunMs, LONGEST_NOTE_MS)
  }

  stop(): void {
    if (this.recorder.state !== 'inactive') this.recorder.stop()
  }
}
