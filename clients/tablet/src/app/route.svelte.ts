// Which screen is shown: a path behind the `#`, so that one file serves them all without a network.

export interface Place {
  screen: string
  id: string | null
  query: URLSearchParams
}

/** The QR code of `lianxin enrol` leads here with its code behind the `#`. */
export const CODE = /^#?([A-Za-z0-9]{8})$/

function read(): Place {
  const code = CODE.exec(location.hash)?.[1]
  if (code !== undefined) return { screen: 'enrol', id: code, query: new URLSearchParams() }
  const [path = '', query = ''] = location.hash.replace(/^#\/?/, '').split('?')
  const [screen = '', id = ''] = path.split('/')
  return { screen: screen || 'today', id: id || null, query: new URLSearchParams(query) }
}

class Route {
  place = $state.raw<Place>(read())

  constructor() {
    addEventListener('hashchange', () => {
      this.place = read()
      scrollTo(0, 0)
    })
  }
}

export const route = new Route()

export function to(screen: string, id?: string, query: Record<string, string> = {}): string {
  const said = new URLSearchParams(query).toString()
  return `#/${screen}${id ? `/${id}` : ''}${said ? `?${said}` : ''}`
}

export function go(...where: Parameters<typeof to>): void {
  location.hash = to(...where)
}

/** Go on from a form that is done: whoever goes back does not come to it, empty, again. */
export function replace(...where: Parameters<typeof to>): void {
  location.replace(to(...where))
}

/** The screen before, or Today where there is none. */
export function back(): void {
  if (history.length > 1) history.back()
  else go('today')
}
