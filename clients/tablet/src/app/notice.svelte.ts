// One sentence that says what has just been done, and goes by itself.

const SHOWN_MS = 3_500

class Notice {
  text = $state('')
  private timer: ReturnType<typeof setTimeout> | undefined

  say(text: string): void {
    this.text = text
    clearTimeout(this.timer)
    this.timer = setTimeout(() => (this.text = ''), SHOWN_MS)
  }
}

export const notice = new Notice()
