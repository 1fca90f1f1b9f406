/** A board of one grid: its tickets page by page, how they stand, and then each change as it happens.
 *
 *  HUB=http://127.0.0.1:8000/graphql TOKEN=… node dist/board.js LY-1 [how many changes to wait for]
 *  Prints one JSON object a line.
 */
import { graphql } from './gql/gql.js'
import { Hub } from './hub.js'

const GRID = graphql(`
  query FindGrid($code: String!) {
    grids(filter: { codes: [$code] }) {
      edges {
        node {
          id
          name
        }
      }
    }
  }
`)

const BOARD = graphql(`
  query Board($grid: ID!, $after: String) {
    rev
    tickets(filter: { grid: $grid, not: { states: [CLOSED, CANCELLED] } }, first: 2, after: $after) {
      totalCount
      edges {
        node {
          id
          title
          state
          priority
          takers {
            member {
              name
              unit {
                name(language: EN)
              }
            }
          }
        }
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
    ticketGroups(by: [STATE], filter: { grid: $grid }) {
      state
      count
    }
  }
`)

const NEWS = graphql(`
  subscription News($grid: ID!, $after: Long) {
    ticketChanged(grid: $grid, after: $after) {
      rev
      state
      ticket {
        id
        title
        state
      }
    }
  }
`)

const [code = '', changes = '0'] = process.argv.slice(2)
const hub = new Hub(process.env.HUB ?? 'http://127.0.0.1:8000/graphql', process.env.TOKEN ?? '')
const say = (line: unknown) => console.log(JSON.stringify(line))

const grid = (await hub.ask(GRID, { code })).grids.edges[0]?.node
if (grid === undefined) throw new Error(`no grid ${code}`)

let after: string | null = null
// The rev of the first page: what changes while the others are read is told again, and nothing is missed.
let rev: number | undefined
do {
  const page: Awaited<ReturnType<typeof readPage>> = await readPage(after)
  rev ??= page.rev
  for (const { node } of page.tickets.edges) {
    const takers = node.takers.map(({ member }) => member?.name ?? null)
    say({ ticket: node.title, state: node.state, takers })
  }
  if (!page.tickets.pageInfo.hasNextPage) {
    say({ grid: grid.name, open: page.tickets.totalCount, states: page.ticketGroups })
  }
  after = page.tickets.pageInfo.hasNextPage ? (page.tickets.pageInfo.endCursor ?? null) : null
} while (after !== null)

function readPage(cursor: string | null) {
  return hub.ask(BOARD, { grid: grid?.id ?? '', after: cursor })
}

let left = Number(changes)
if (left > 0) {
  for await (const { ticketChanged: news } of hub.listen(NEWS, { grid: grid.id }, rev)) {
    say({ changed: news.ticket?.title ?? null, state: news.ticket?.state ?? news.state, rev: news.rev })
    if (--left === 0) break
  }
}
process.exit(0)
